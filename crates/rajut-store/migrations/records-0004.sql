-- Secrets of the agency itself, which no backup holds; papers by their number, for whoever checks one.
CREATE TABLE agency_secret (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE INDEX s_document_number ON s_document (number, id);
