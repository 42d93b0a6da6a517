-- How often a tenant or an app was changed or deleted: by this one row nodes notice that they must read anew.
CREATE TABLE tenancy_changes (
    id INTEGER NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
