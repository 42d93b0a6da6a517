-- A flow that someone began for a contact ("email:…" or "phone_number:…"). Neither the device's id nor any code is here:
-- the link code's key is the device's id with the salt, so that nobody can find a code by trying all of them.
CREATE TABLE passwordless_devices (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    device_id_hash TEXT NOT NULL,
    contact TEXT NOT NULL,
    link_code_salt BYTEA NOT NULL,
    failed_attempts INTEGER NOT NULL,
    PRIMARY KEY (app_id, tenant_id, device_id_hash)
);
CREATE INDEX passwordless_devices_by_contact ON passwordless_devices (app_id, tenant_id, contact);

-- expires_at is for housekeeping; whether a code is expired is decided by created_at and the tenant's settings.
CREATE TABLE passwordless_codes (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    code_id TEXT NOT NULL,
    device_id_hash TEXT NOT NULL,
    link_code_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, tenant_id, code_id)
);
CREATE UNIQUE INDEX passwordless_codes_by_link_code_hash ON passwordless_codes (app_id, tenant_id, link_code_hash);
CREATE INDEX passwordless_codes_by_device ON passwordless_codes (app_id, tenant_id, device_id_hash);

-- Wrong codes in a row for a contact, over all its devices: see budget.py. contact_hash is the SHA-256 of the contact.
CREATE TABLE passwordless_failures (
    app_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    contact_hash TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_failed_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, tenant_id, contact_hash)
);
