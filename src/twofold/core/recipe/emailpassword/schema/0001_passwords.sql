-- recipe_user_id is the internal id of a login method of the recipe.
CREATE TABLE password_hashes (
    app_id TEXT NOT NULL,
    recipe_user_id TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (app_id, recipe_user_id)
);

-- token_hash is the SHA-256 of the token; user_id the internal id of any login method or person.
CREATE TABLE password_reset_tokens (
    app_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    user_id TEXT NOT NULL,
    email TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, token_hash)
);
CREATE INDEX password_reset_tokens_by_user ON password_reset_tokens (app_id, user_id);
CREATE INDEX password_reset_tokens_by_expiry ON password_reset_tokens (expires_at);
