-- user_id is the login method's effective id when the session began, or any string that the caller gave.
-- …_hash_2 is the SHA-256 of the SHA-256 of a refresh token: access tokens carry the inner one.
CREATE TABLE sessions (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    session_handle TEXT NOT NULL,
    user_id TEXT NOT NULL,
    refresh_token_hash_2 TEXT NOT NULL,
    previous_refresh_token_hash_2 TEXT,
    rotated_at BIGINT,
    user_data_in_database TEXT NOT NULL,
    user_data_in_jwt TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    uses_static_key BOOLEAN NOT NULL,
    PRIMARY KEY (app_id, tenant_id, session_handle)
);

CREATE INDEX sessions_by_user ON sessions (app_id, user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
