-- What was seen of the network: not journalled, and on SQLite in a file of its own.
CREATE TABLE observation (
    id TEXT NOT NULL PRIMARY KEY,
    device TEXT,
    visit TEXT,
    vantage TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX observation_device ON observation (device, vantage, started_at DESC, id DESC);
CREATE INDEX observation_visit ON observation (visit, started_at, id);
