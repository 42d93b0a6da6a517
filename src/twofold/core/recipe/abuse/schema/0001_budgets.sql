-- One row per budget that something was taken from. subject: whose it is, an id or a SHA-256. full_at: when nothing will
-- be missing any more, in milliseconds; from then on the row says nothing. See budgets.py.
CREATE TABLE abuse_budgets (
    app_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    budget TEXT NOT NULL,
    full_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, subject, budget)
);
CREATE INDEX abuse_budgets_by_time ON abuse_budgets (full_at);
