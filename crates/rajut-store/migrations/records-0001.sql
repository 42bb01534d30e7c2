-- The journal, its head, the acts that were done, and the side table of personal values.
CREATE TABLE journal_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
INSERT INTO journal_head (id, seq, hash)
    VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE journal (
    seq BIGINT NOT NULL PRIMARY KEY,
    act_key TEXT NOT NULL,
    act TEXT NOT NULL,
    stream_kind TEXT NOT NULL,
    stream_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    done_by TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    event TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
-- Not unique: tampering must be found by the check, and the check reads in this order.
CREATE INDEX journal_stream ON journal (stream_kind, stream_id, version, seq);
CREATE INDEX journal_act_key ON journal (act_key, seq);
CREATE TABLE act (act_key TEXT NOT NULL PRIMARY KEY) STRICT;
CREATE TABLE personal (
    sealed TEXT NOT NULL PRIMARY KEY,
    salt TEXT,
    value TEXT
) STRICT;

-- Periodic work of several programs on one database: who does it now, and when it is due again.
CREATE TABLE job (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT,
    claimed_until BIGINT NOT NULL,
    due_at BIGINT NOT NULL
) STRICT;

-- Attachments: content-addressed; the chunks stay empty where files lie beside the database.
CREATE TABLE attachment (hash TEXT NOT NULL PRIMARY KEY, size BIGINT NOT NULL) STRICT;
CREATE TABLE attachment_chunk (
    hash TEXT NOT NULL REFERENCES attachment (hash),
    place BIGINT NOT NULL,
    bytes BYTES NOT NULL,
    PRIMARY KEY (hash, place)
) STRICT;

-- One table per kind of stream: the state as JSON, and what lists need to find it.
CREATE TABLE s_run (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    is_open BIGINT NOT NULL, standing TEXT NOT NULL, procedure TEXT NOT NULL, opened_at BIGINT NOT NULL,
    for_complaint BIGINT NOT NULL, complaint TEXT, number TEXT
) STRICT;
CREATE INDEX s_run_opened ON s_run (opened_at DESC, id DESC);
CREATE INDEX s_run_open ON s_run (is_open, opened_at DESC, id DESC);
CREATE INDEX s_run_procedure ON s_run (procedure, opened_at DESC, id DESC);
CREATE INDEX s_run_open_procedure ON s_run (is_open, procedure, opened_at DESC, id DESC);
CREATE INDEX s_run_for_complaint ON s_run (for_complaint, is_open, opened_at DESC, id DESC);
CREATE INDEX s_run_for_complaint_opened ON s_run (for_complaint, opened_at DESC, id DESC);

CREATE TABLE s_target (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    run TEXT NOT NULL, site TEXT NOT NULL, team TEXT, standing TEXT NOT NULL, planned_on TEXT, due_on TEXT NOT NULL
) STRICT;
CREATE INDEX s_target_run ON s_target (run, id);
CREATE INDEX s_target_site ON s_target (site, id);

CREATE TABLE s_visit (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    site TEXT NOT NULL, run TEXT, began_at BIGINT NOT NULL, ended BIGINT NOT NULL
) STRICT;
CREATE INDEX s_visit_began ON s_visit (began_at, id);
CREATE INDEX s_visit_run ON s_visit (run, id);
CREATE INDEX s_visit_site ON s_visit (site, began_at DESC, id DESC);

CREATE TABLE s_report (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    run TEXT NOT NULL, team TEXT, standing TEXT NOT NULL
) STRICT;
CREATE INDEX s_report_run ON s_report (run, id);

CREATE TABLE s_follow_up (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    site TEXT NOT NULL, run TEXT, complaint TEXT, is_open BIGINT NOT NULL, standing TEXT NOT NULL,
    owner TEXT, due_on TEXT NOT NULL
) STRICT;
CREATE INDEX s_follow_up_due ON s_follow_up (due_on, id);
CREATE INDEX s_follow_up_open ON s_follow_up (is_open, due_on, id);
CREATE INDEX s_follow_up_site ON s_follow_up (site, due_on, id);
CREATE INDEX s_follow_up_owner ON s_follow_up (owner, due_on, id);
CREATE INDEX s_follow_up_run ON s_follow_up (run, id);

CREATE TABLE s_complaint (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    number TEXT NOT NULL, site TEXT NOT NULL, office TEXT, received_at BIGINT NOT NULL, priority TEXT,
    run TEXT NOT NULL, target TEXT, incident TEXT
) STRICT;
CREATE UNIQUE INDEX s_complaint_number ON s_complaint (number);
CREATE UNIQUE INDEX s_complaint_run ON s_complaint (run);
CREATE INDEX s_complaint_received ON s_complaint (received_at DESC, id DESC);
CREATE INDEX s_complaint_site ON s_complaint (site, received_at DESC, id DESC);
CREATE INDEX s_complaint_office ON s_complaint (office, received_at DESC, id DESC);
CREATE INDEX s_complaint_priority ON s_complaint (priority, received_at DESC, id DESC);

CREATE TABLE s_incident (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    is_open BIGINT NOT NULL, cause TEXT NOT NULL, began_at BIGINT NOT NULL
) STRICT;
CREATE INDEX s_incident_began ON s_incident (began_at DESC, id DESC);
CREATE INDEX s_incident_open ON s_incident (is_open, began_at DESC, id DESC);
CREATE INDEX s_incident_cause ON s_incident (cause, began_at DESC, id DESC);

CREATE TABLE s_document (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    kind TEXT NOT NULL, number TEXT NOT NULL, record_kind TEXT NOT NULL, record_id TEXT NOT NULL,
    issued_at BIGINT NOT NULL
) STRICT;
CREATE INDEX s_document_record ON s_document (record_kind, record_id, issued_at, id);

CREATE TABLE s_number (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    register TEXT NOT NULL, year BIGINT NOT NULL, seq BIGINT NOT NULL, standing TEXT NOT NULL,
    record_kind TEXT NOT NULL, record_id TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX s_number_seq ON s_number (register, year, seq);
CREATE INDEX s_number_record ON s_number (record_kind, record_id, register, year, seq);

CREATE TABLE s_office (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, code TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX s_office_code ON s_office (code);
CREATE TABLE s_site (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, code TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX s_site_code ON s_site (code);
CREATE TABLE s_device (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, code TEXT NOT NULL, site TEXT NOT NULL,
    serial TEXT
) STRICT;
CREATE UNIQUE INDEX s_device_code ON s_device (code);
CREATE INDEX s_device_site ON s_device (site, code);
CREATE INDEX s_device_serial ON s_device (serial, id);
CREATE TABLE s_link (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, code TEXT NOT NULL, site TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX s_link_code ON s_link (code);
CREATE INDEX s_link_site ON s_link (site, code);
CREATE TABLE s_service (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, code TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX s_service_code ON s_service (code);

CREATE TABLE s_person (id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE s_post (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, code TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX s_post_code ON s_post (code);
CREATE TABLE s_assignment (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, person TEXT NOT NULL, post TEXT NOT NULL
) STRICT;
CREATE TABLE s_leave (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, person TEXT NOT NULL
) STRICT;
CREATE TABLE s_laptop_key (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    person TEXT NOT NULL, visit TEXT NOT NULL, public TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX s_laptop_key_public ON s_laptop_key (public);
CREATE TABLE s_overtime (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL, number TEXT NOT NULL
) STRICT;
CREATE TABLE s_access (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    given_to TEXT NOT NULL, given_at BIGINT NOT NULL, purpose TEXT NOT NULL
) STRICT;
CREATE INDEX s_access_given ON s_access (given_at DESC, id DESC);
CREATE INDEX s_access_given_to ON s_access (given_to, given_at DESC, id DESC);
CREATE TABLE s_setting (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    kind TEXT NOT NULL, setting_version BIGINT NOT NULL
) STRICT;
CREATE UNIQUE INDEX s_setting_version ON s_setting (kind, setting_version);
CREATE TABLE s_procedure (
    id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL,
    code TEXT NOT NULL, procedure_version BIGINT NOT NULL
) STRICT;
CREATE UNIQUE INDEX s_procedure_version ON s_procedure (code, procedure_version);
