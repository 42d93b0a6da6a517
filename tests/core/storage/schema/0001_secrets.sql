-- A secret that is used once; and one column of each type.
CREATE TABLE secrets (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    hash TEXT NOT NULL, -- never the secret; a comment with a 'quote
    owner TEXT NOT NULL DEFAULT 'a;b',
    uses INTEGER NOT NULL,
    PRIMARY KEY (app_id, tenant_id, hash)
);
CREATE TABLE kinds (
    app_id TEXT NOT NULL,
    id TEXT NOT NULL,
    flag BOOLEAN,
    bytes BYTEA,
    text TEXT,
    number BIGINT,
    PRIMARY KEY (app_id, id)
);
