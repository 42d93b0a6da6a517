-- Resets of second factors that an operator asked for and that wait: at most one per user (effective id). factors: a JSON
-- list. objection_hash: of the token with which the user objects.
CREATE TABLE factor_resets (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    reset_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    factors TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    objection_hash TEXT NOT NULL,
    PRIMARY KEY (app_id, user_id)
);

CREATE INDEX factor_resets_by_time ON factor_resets (due_at);
CREATE INDEX factor_resets_by_objection ON factor_resets (app_id, objection_hash);
