-- user_id is any string that the caller uses; in practice the effective id. secret: as `sealing.py` writes it.
CREATE TABLE totp_devices (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    device_name TEXT NOT NULL,
    secret TEXT NOT NULL,
    period_seconds BIGINT NOT NULL,
    skew BIGINT NOT NULL,
    is_verified BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id, device_name)
);

-- Time steps whose code was accepted. The digest is that of the step under the device's secret: see codes.py.
CREATE TABLE totp_used_steps (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    step_digest TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, tenant_id, user_id, step_digest)
);
CREATE INDEX totp_used_steps_by_user ON totp_used_steps (app_id, user_id);
CREATE INDEX totp_used_steps_by_expiry ON totp_used_steps (expires_at);

-- One row per user and tenant, locked while a code is checked. failed_at: when the last wrong codes were tried, as a
-- JSON list of milliseconds; see attempts.py. A row that forget_at is behind says nothing any more.
CREATE TABLE totp_attempts (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    failed_at TEXT NOT NULL,
    forget_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, tenant_id, user_id)
);
CREATE INDEX totp_attempts_by_user ON totp_attempts (app_id, user_id);
