-- One row per ceremony that has begun. email, user_handle and algorithms (numbers, with commas) are set for a
-- registration. assertion_hash: the assertion that has been accepted, where clients may present it once more.
CREATE TABLE webauthn_options (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    options_id TEXT NOT NULL,
    relying_party_id TEXT NOT NULL,
    relying_party_name TEXT NOT NULL,
    origin TEXT NOT NULL,
    challenge TEXT NOT NULL,
    timeout BIGINT NOT NULL,
    user_verification TEXT NOT NULL,
    user_presence BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    email TEXT,
    user_handle TEXT,
    algorithms TEXT,
    assertion_hash TEXT,
    PRIMARY KEY (app_id, tenant_id, options_id)
);
CREATE INDEX webauthn_options_by_expiry ON webauthn_options (expires_at);

-- user_id is the internal id that a token was made for: a login method's, or a primary user's.
CREATE TABLE webauthn_recovery_tokens (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    user_id TEXT NOT NULL,
    email TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, tenant_id, token_hash)
);
CREATE INDEX webauthn_recovery_tokens_by_email ON webauthn_recovery_tokens (app_id, tenant_id, email);
CREATE INDEX webauthn_recovery_tokens_by_user ON webauthn_recovery_tokens (app_id, user_id);
CREATE INDEX webauthn_recovery_tokens_by_expiry ON webauthn_recovery_tokens (expires_at);
