CREATE INDEX passwordless_codes_by_expiry ON passwordless_codes (expires_at);
CREATE INDEX passwordless_failures_by_time ON passwordless_failures (last_failed_at);
