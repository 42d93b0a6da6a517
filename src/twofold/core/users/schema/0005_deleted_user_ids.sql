-- Ids of people and login methods that were deleted a moment ago, internal and effective ones: who proved a password just
-- before gets no session. Housekeeping forgets them; see deleted.py.
CREATE TABLE deleted_user_ids (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id)
);
CREATE INDEX deleted_user_ids_by_time ON deleted_user_ids (deleted_at);
