-- The passkeys of login methods. A credential belongs to one login method for good; relying parties may use the same id.
-- What the authenticator made (ids, handle, public key) is in base64url, as in its JSON form.
CREATE TABLE webauthn_credentials (
    app_id TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    relying_party_id TEXT NOT NULL,
    recipe_user_id TEXT NOT NULL,
    user_handle TEXT NOT NULL,
    public_key TEXT NOT NULL,
    sign_count BIGINT NOT NULL,
    is_backup_eligible BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, credential_id, relying_party_id)
);
CREATE INDEX webauthn_credentials_by_login_method ON webauthn_credentials (app_id, recipe_user_id);
