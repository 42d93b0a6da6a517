# SPDX-License-Identifier: Apache-2.0
"""Reads the names of connection URI domains, apps, tenants and factors. Each raises BadRequest for a bad one."""

import re

from twofold.core._fields import Absent
from twofold.core.errors import BadRequest
from twofold.core.tenancy.names import RESERVED_TENANT_IDS

MAX_ID_LENGTH = 64
MAX_DOMAIN_LENGTH = 253
MAX_FACTOR_LENGTH = 128
_ID = re.compile("[a-z0-9-]+")
_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}(?:\.{_LABEL})*)(?::[0-9]+)?")
_FACTOR = re.compile("[A-Za-z0-9_.()-]+")

Factors = list[str] | Absent | None


def read_tenant_id(text: str) -> str:
    """A tenant id as stored."""
    tenant_id = _read_id("tenantId", text)
    if tenant_id in RESERVED_TENANT_IDS:
        raise BadRequest(f"Cannot use '{tenant_id}' as a tenantId")
    return _check_characters("tenantId", tenant_id)


def read_app_id(text: str) -> str:
    """An app's id as stored."""
    return _check_characters("appId", _read_id("appId", text))


def read_domain(text: str) -> str:
    """A connection URI domain as stored: a host name or IPv4 address, without its port."""
    value = text.strip().lower()
    if not value:
        raise BadRequest("connectionUriDomain should not be an empty String")
    found = _DOMAIN.fullmatch(value)
    if found is None or len(found[1]) > MAX_DOMAIN_LENGTH:
        raise BadRequest("connectionUriDomain is invalid")
    return found[1]


def check_factors(name: str, factors: Factors) -> None:
    """Refuse a list of factors with duplicates or impossible names."""
    if factors is None or isinstance(factors, Absent):
        return
    if len(set(factors)) != len(factors):
        raise BadRequest(f"{name} input should not contain duplicate values")
    if not all(_FACTOR.fullmatch(factor) and len(factor) <= MAX_FACTOR_LENGTH for factor in factors):
        raise BadRequest(f"{name} should contain only 0-9,a-z,A-Z,_,.,- characters")


def _read_id(name: str, text: str) -> str:
    value = text.strip().lower()
    if not value:
        raise BadRequest(f"{name} should not be an empty String")
    if len(value) > MAX_ID_LENGTH:
        raise BadRequest(f"{name} may have at most {MAX_ID_LENGTH} characters")
    return value


def _check_characters(name: str, value: str) -> str:
    if value.startswith("appid-"):
        raise BadRequest(f"{name} must not start with 'appid-'")
    if not _ID.fullmatch(value):
        raise BadRequest(f"{name} can only contain letters, numbers and hyphens")
    return value
