-- `app_id` is the app's id in the default connection URI domain, and "<domain>|<app id>" in any other.
CREATE TABLE apps (
    app_id TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE tenants (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    first_factors TEXT,
    required_secondary_factors TEXT,
    core_config TEXT NOT NULL,
    third_party_providers TEXT NOT NULL,
    email_password_enabled BOOLEAN NOT NULL,
    third_party_enabled BOOLEAN NOT NULL,
    passwordless_enabled BOOLEAN NOT NULL,
    PRIMARY KEY (app_id, tenant_id)
);
