-- Who may sign in to the dashboard: nobody of these is a user of the application.
CREATE TABLE dashboard_users (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    time_joined BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id)
);
CREATE UNIQUE INDEX dashboard_users_by_email ON dashboard_users (app_id, email);

-- session_hash is the SHA-256 of the session's id, which opens the dashboard for whoever holds it.
CREATE TABLE dashboard_sessions (
    app_id TEXT NOT NULL,
    session_hash TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, session_hash)
);
CREATE INDEX dashboard_sessions_by_user ON dashboard_sessions (app_id, user_id);
CREATE INDEX dashboard_sessions_by_expiry ON dashboard_sessions (expires_at);
