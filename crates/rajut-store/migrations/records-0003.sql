-- What one person did, the newest first.
CREATE INDEX journal_done_by ON journal (done_by, seq);
