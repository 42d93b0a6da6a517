-- When each housekeeping job was last begun, over all nodes.
CREATE TABLE job_runs (
    name TEXT NOT NULL PRIMARY KEY,
    begun_at BIGINT NOT NULL
);
