-- only: postgres
CREATE INDEX kinds_by_text ON kinds USING hash (text);

-- only: sqlite
CREATE INDEX kinds_by_text ON kinds (text);
-- nothing more; not even a statement
