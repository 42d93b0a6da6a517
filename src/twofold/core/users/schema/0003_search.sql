-- "C" compares byte by byte, as SQLite does: what begins with a prefix is then one range of an index, whatever the
-- locale of the server and without an extension. See users/listing.py.
-- only: postgres
ALTER TABLE login_method_tenants ALTER COLUMN email TYPE TEXT COLLATE "C",
    ALTER COLUMN phone_number TYPE TEXT COLLATE "C", ALTER COLUMN third_party_id TYPE TEXT COLLATE "C";

-- The part of the address after its last @.
CREATE INDEX login_method_tenants_by_domain ON login_method_tenants
    (app_id, tenant_id, (SUBSTR(email, LENGTH(RTRIM(email, REPLACE(email, '@', ''))) + 1)), user_time_joined)
    WHERE email IS NOT NULL;
CREATE INDEX login_method_tenants_by_provider ON login_method_tenants
    (app_id, tenant_id, LOWER(third_party_id), user_time_joined) WHERE third_party_id IS NOT NULL;

-- A page of those who use one recipe, and their number.
CREATE INDEX login_method_tenants_by_recipe ON login_method_tenants
    (app_id, tenant_id, recipe_id, user_time_joined, user_id DESC);
