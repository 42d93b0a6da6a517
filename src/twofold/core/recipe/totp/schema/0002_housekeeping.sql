CREATE INDEX totp_attempts_by_time ON totp_attempts (forget_at);
