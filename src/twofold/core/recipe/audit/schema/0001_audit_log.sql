-- What was done to an account, by whom and why: written in the transaction of the change, never changed, deleted by age.
-- tenant_id: where it happened; `public` for what belongs to the app. user_id: the id that the change named; the rows stay
-- when the user goes. details: a JSON object without secrets.
CREATE TABLE audit_log (
    app_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    details TEXT NOT NULL,
    PRIMARY KEY (app_id, entry_id)
);

CREATE INDEX audit_log_by_time ON audit_log (app_id, recorded_at, entry_id);
CREATE INDEX audit_log_by_user ON audit_log (app_id, user_id, recorded_at, entry_id);
CREATE INDEX audit_log_by_age ON audit_log (recorded_at);
