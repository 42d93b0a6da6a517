-- Distinct people are counted in the order of these indexes, without a sort and without the table.
CREATE INDEX login_method_tenants_by_tenant_and_user
    ON login_method_tenants (app_id, tenant_id, user_id, recipe_id);
DROP INDEX login_method_tenants_by_user;
CREATE INDEX login_method_tenants_by_user ON login_method_tenants (app_id, user_id, recipe_id);
