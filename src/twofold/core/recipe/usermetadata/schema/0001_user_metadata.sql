CREATE TABLE user_metadata (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    metadata TEXT NOT NULL,
    PRIMARY KEY (app_id, user_id)
);
