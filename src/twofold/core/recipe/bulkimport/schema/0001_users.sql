-- Users that wait to be imported. content: the user as JSON, as `sealing.py` writes it, since it may hold passwords.
-- due_at: when a node may take the row, NULL for one that failed; the claim of a node moves it to the end of its lease.
CREATE TABLE bulk_import_users (
    app_id TEXT NOT NULL,
    id TEXT NOT NULL,
    status TEXT NOT NULL,
    content TEXT NOT NULL,
    error_message TEXT,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, id)
);
CREATE INDEX bulk_import_users_by_time ON bulk_import_users (app_id, created_at, id);
CREATE INDEX bulk_import_users_by_status ON bulk_import_users (app_id, status, created_at, id);
CREATE INDEX bulk_import_users_due ON bulk_import_users (due_at);
