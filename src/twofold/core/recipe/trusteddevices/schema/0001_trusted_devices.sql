-- user_id is effective. secret_hash: SHA-256 of what the browser keeps. factors: those that the trusting session had
-- completed, as a JSON list.
CREATE TABLE trusted_devices (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    factors TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, tenant_id, device_id)
);
CREATE INDEX trusted_devices_by_user ON trusted_devices (app_id, user_id);
CREATE INDEX trusted_devices_by_expiry ON trusted_devices (expires_at);
