-- Every id in these tables is an internal one, except where a column says "external" or the comment says "effective".

-- One row per person: a login method on its own, or a group of linked ones. Whoever changes a person locks this row.
CREATE TABLE users (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    is_primary BOOLEAN NOT NULL,
    time_joined BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id)
);
CREATE INDEX users_by_time_joined ON users (app_id, time_joined, user_id DESC);

-- The ways to sign in. user_id is the person's; for a login method on its own it is the same as recipe_user_id.
CREATE TABLE login_methods (
    app_id TEXT NOT NULL,
    recipe_user_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    recipe_id TEXT NOT NULL,
    time_joined BIGINT NOT NULL,
    email TEXT,
    phone_number TEXT,
    third_party_id TEXT,
    third_party_user_id TEXT,
    PRIMARY KEY (app_id, recipe_user_id)
);
CREATE INDEX login_methods_by_user ON login_methods (app_id, user_id);

-- Where a login method may be used. Repeats its account info, so that the unique indexes decide about sign-ups and
-- look-ups need no join; repeats the person's time_joined, so that a tenant's users are listed in index order.
CREATE TABLE login_method_tenants (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    recipe_user_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_time_joined BIGINT NOT NULL,
    recipe_id TEXT NOT NULL,
    email TEXT,
    phone_number TEXT,
    third_party_id TEXT,
    third_party_user_id TEXT,
    PRIMARY KEY (app_id, recipe_user_id, tenant_id)
);
CREATE UNIQUE INDEX login_method_tenants_one_per_email
    ON login_method_tenants (app_id, tenant_id, recipe_id, email) WHERE recipe_id <> 'thirdparty';
CREATE UNIQUE INDEX login_method_tenants_one_per_phone_number
    ON login_method_tenants (app_id, tenant_id, recipe_id, phone_number) WHERE phone_number IS NOT NULL;
CREATE UNIQUE INDEX login_method_tenants_one_per_third_party
    ON login_method_tenants (app_id, tenant_id, third_party_id, third_party_user_id)
    WHERE third_party_id IS NOT NULL;
CREATE INDEX login_method_tenants_by_email ON login_method_tenants (app_id, tenant_id, email);
CREATE INDEX login_method_tenants_by_phone_number
    ON login_method_tenants (app_id, tenant_id, phone_number) WHERE phone_number IS NOT NULL;
CREATE INDEX login_method_tenants_by_user ON login_method_tenants (app_id, user_id);
CREATE INDEX login_method_tenants_by_time_joined
    ON login_method_tenants (app_id, tenant_id, user_time_joined, user_id DESC);

-- The account infos of primary users: the key lets each belong to one of them per tenant. `account_info` is made by
-- claims.py, for example "email:a@example.com".
CREATE TABLE primary_claims (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    account_info TEXT NOT NULL,
    primary_user_id TEXT NOT NULL,
    PRIMARY KEY (app_id, tenant_id, account_info)
);
CREATE INDEX primary_claims_by_user ON primary_claims (app_id, primary_user_id);

CREATE TABLE user_id_mappings (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    external_user_id TEXT NOT NULL,
    external_user_id_info TEXT,
    PRIMARY KEY (app_id, user_id)
);
CREATE UNIQUE INDEX user_id_mappings_by_external_user_id ON user_id_mappings (app_id, external_user_id);

-- user_id is the effective id of the login method, or any string that a client asked about.
CREATE TABLE verified_emails (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    email TEXT NOT NULL,
    PRIMARY KEY (app_id, user_id, email)
);

-- user_id is the person's, or what a session was created for.
CREATE TABLE last_active (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    last_active_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id)
);
CREATE INDEX last_active_by_time ON last_active (app_id, last_active_at);
