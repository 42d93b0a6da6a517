-- Keys of an app. purpose: 'dynamic' and 'static' sign tokens, 'refresh' encrypts refresh tokens.
-- secret: the private key or the symmetric key, as `sealing.py` writes it.
CREATE TABLE app_keys (
    app_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    algorithm TEXT NOT NULL,
    secret TEXT NOT NULL,
    PRIMARY KEY (app_id, key_id)
);

CREATE UNIQUE INDEX app_keys_made_once ON app_keys (app_id, purpose) WHERE purpose <> 'dynamic';
