-- token_hash is the SHA-256 of the token; user_id is the effective id of a login method, or any string of a client.
-- The verified marks are in the tables of users.
CREATE TABLE email_verification_tokens (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    user_id TEXT NOT NULL,
    email TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, token_hash)
);
CREATE INDEX email_verification_tokens_by_user ON email_verification_tokens (app_id, user_id, email);
CREATE INDEX email_verification_tokens_by_expiry ON email_verification_tokens (expires_at);
