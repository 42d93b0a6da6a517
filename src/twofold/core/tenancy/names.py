# SPDX-License-Identifier: Apache-2.0
"""Names of the partitions: connection URI domain, app, tenant, and the one key that carries the first two."""

PUBLIC = "public"
DEFAULT_DOMAIN = ""
RESERVED_TENANT_IDS = frozenset({"recipe", "config", "users", "hello"})


def app_key(domain: str, app_id: str) -> str:
    """The value of every `app_id` column: the app's id, with its domain in front unless that is the default one."""
    return f"{domain}|{app_id}" if domain else app_id


def split_app_key(key: str) -> tuple[str, str]:
    """The domain and the app's id of a key."""
    domain, bar, app_id = key.rpartition("|")
    return (domain, app_id) if bar else (DEFAULT_DOMAIN, key)
