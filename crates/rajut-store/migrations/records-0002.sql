-- Accounts, what checks their secrets, who is signed in, invitations, and counted failures.
CREATE TABLE s_account (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, login TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX s_account_login ON s_account (login);

CREATE TABLE secret (
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (person, kind, owner)
) STRICT;
CREATE INDEX secret_value ON secret (kind, value);

CREATE TABLE session (
    hash TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    person TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    phone TEXT,
    agent TEXT NOT NULL,
    address TEXT NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person, seen_at DESC, hash);
CREATE INDEX session_ends ON session (ends_at);

CREATE TABLE invitation (
    hash TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    ends_at BIGINT NOT NULL
) STRICT;
CREATE INDEX invitation_person ON invitation (person);
CREATE INDEX invitation_ends ON invitation (ends_at);

CREATE TABLE throttle (
    name TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
) STRICT;
CREATE INDEX throttle_last ON throttle (last_at);
