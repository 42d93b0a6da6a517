CREATE TABLE roles (
    app_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (app_id, role)
);

CREATE TABLE role_permissions (
    app_id TEXT NOT NULL,
    role TEXT NOT NULL,
    permission TEXT NOT NULL,
    PRIMARY KEY (app_id, role, permission)
);

CREATE INDEX role_permissions_by_permission ON role_permissions (app_id, permission);

CREATE TABLE user_roles (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (app_id, tenant_id, user_id, role)
);

CREATE INDEX user_roles_by_role ON user_roles (app_id, role, tenant_id);
CREATE INDEX user_roles_by_user ON user_roles (app_id, user_id);
