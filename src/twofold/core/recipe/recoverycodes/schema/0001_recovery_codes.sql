-- One row per user (effective id), kept while codes are replaced. hash_sample: the hash of one code of the set, used or
-- not: it tells the salt and the cost that all codes of the set have in common. failed_attempts: wrong codes in a row,
-- the last of them at failed_at.
CREATE TABLE recovery_code_sets (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    hash_sample TEXT NOT NULL,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    failed_attempts BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id)
);

-- The codes of the set that were not used yet.
CREATE TABLE recovery_codes (
    app_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (app_id, user_id, code_hash)
);
