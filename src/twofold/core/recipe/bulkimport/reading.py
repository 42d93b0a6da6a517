# SPDX-License-Identifier: Apache-2.0
"""Reads a user as it is given to be imported, and says everything that is wrong with it at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twofold.core._fields import Json
from twofold.core.config import Settings
from twofold.core.errors import BadRequest
from twofold.core.passwords import Algorithm, require_hashable, require_importable
from twofold.core.recipe.totp import codes
from twofold.core.tenancy.names import PUBLIC
from twofold.core.users import normalise
from twofold.core.users.model import NewLoginMethod, RecipeId, ThirdParty

RECIPES: dict[str, RecipeId] = {
    "emailpassword": "emailpassword",
    "thirdparty": "thirdparty",
    "passwordless": "passwordless",
}
MAX_NAME_LENGTH = 256
MAX_PERIOD_SECONDS = 86_400
MAX_SKEW = 100
_KINDS: dict[type, str] = {str: "string", int: "number", bool: "boolean", list: "array", dict: "object"}


@dataclass(frozen=True, slots=True)
class GivenMethod:
    """A login method to be made. plain_password is still to be hashed; at most one of the two is set."""

    new: NewLoginMethod
    tenant_ids: tuple[str, ...]
    is_primary: bool
    password_hash: str | None = field(default=None, repr=False)
    plain_password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class GivenDevice:
    """An authenticator device that works elsewhere. name None: the next free one."""

    secret: str = field(repr=False)
    period_seconds: int
    skew: int
    name: str | None


@dataclass(frozen=True, slots=True)
class GivenUser:
    """A user to be imported. roles: pairs of tenant and role."""

    methods: tuple[GivenMethod, ...]
    external_id: str | None
    metadata: Json | None
    roles: tuple[tuple[str, str], ...]
    devices: tuple[GivenDevice, ...]

    @property
    def main_method(self) -> GivenMethod:
        """What external id, metadata, roles and devices belong to: the primary login method, else the oldest."""
        return min(self.methods, key=lambda method: (not method.is_primary, method.new.time_joined))

    @property
    def tenant_ids(self) -> frozenset[str]:
        """Every tenant that is named."""
        named = (tenant_id for method in self.methods for tenant_id in method.tenant_ids)
        return frozenset((*named, *(tenant_id for tenant_id, _ in self.roles)))


class InvalidUser(Exception):
    """`errors` says all that is wrong, a sentence each."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(" ".join(errors))
        self.errors = errors


def read_user(value: object, now_ms: int, settings: Settings) -> GivenUser:
    """Read one user, whose login methods have their ids already. Raises InvalidUser."""
    if not isinstance(value, dict):
        raise InvalidUser(["user should be of type object."])
    reader = _Reader(value)
    external_id = reader.text("externalUserId", normalise.MAX_EXTERNAL_USER_ID_LENGTH)
    metadata = reader.get("userMetadata", dict)
    roles = tuple(pair for item in reader.items("userRoles") for pair in _roles(item))
    devices = tuple(device for item in reader.items("totpDevices") if (device := _device(item)) is not None)
    given = reader.items("loginMethods", is_required=True)
    if isinstance(value.get("loginMethods"), list) and not value["loginMethods"]:
        reader.errors.append("At least one loginMethod is required.")
    methods = tuple(made for item in given if (made := _method(item, now_ms, settings)) is not None)
    if sum(method.is_primary for method in methods) > 1:
        reader.errors.append("No two loginMethods can have isPrimary as true.")
    if reader.errors:
        raise InvalidUser(reader.errors)
    return GivenUser(methods, external_id, metadata, roles, devices)


class _Reader:
    """The fields of one object; what is wrong is collected in `errors`, which nested objects share."""

    def __init__(self, value: Mapping[str, Any], errors: list[str] | None = None, suffix: str = "") -> None:
        self.value = value
        self.errors: list[str] = [] if errors is None else errors
        self.suffix = suffix

    def get(self, name: str, kind: type, *, is_required: bool = False) -> Any:
        found = self.value.get(name)
        if found is None:
            if is_required:
                self.errors.append(f"{name} is required{self.suffix}.")
            return None
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            self.errors.append(f"{name} should be of type {_KINDS[kind]}{self.suffix}.")
            return None
        return found

    def text(self, name: str, maximum: int, *, is_required: bool = False) -> str | None:
        found: str | None = self.get(name, str, is_required=is_required)
        if found is None:
            return None
        if not found.strip() or "\x00" in found:
            self.errors.append(f"{name} cannot be empty{self.suffix}.")
            return None
        if len(found) > maximum:
            self.errors.append(f"{name} is too long: at most {maximum} characters are allowed{self.suffix}.")
            return None
        return found.strip()

    def number(self, name: str, default: int, least: int, most: int) -> int:
        found = self.get(name, int)
        if found is not None and not least <= found <= most:
            self.errors.append(f"{name} should be between {least} and {most}{self.suffix}.")
        return default if found is None else int(found)

    def items(self, name: str, *, is_required: bool = False) -> list["_Reader"]:
        found = self.get(name, list, is_required=is_required) or []
        if any(not isinstance(item, dict) for item in found):
            self.errors.append(f"{name} should be an array of objects.")
        return [_Reader(item, self.errors) for item in found if isinstance(item, dict)]

    def texts(self, name: str, *, is_required: bool = False) -> list[str] | None:
        found = self.get(name, list, is_required=is_required)
        if found is not None and any(not isinstance(item, str) or not item.strip() for item in found):
            self.errors.append(f"{name} should be an array of strings{self.suffix}.")
            return None
        return None if found is None else [item.strip() for item in found]


def _roles(reader: _Reader) -> list[tuple[str, str]]:
    role = reader.text("role", MAX_NAME_LENGTH, is_required=True)
    tenant_ids = reader.texts("tenantIds", is_required=True) or []
    return [] if role is None else [(tenant_id.lower(), role) for tenant_id in tenant_ids]


def _device(reader: _Reader) -> GivenDevice | None:
    reader.suffix = " for a totp device"
    secret = reader.text("secretKey", MAX_NAME_LENGTH, is_required=True)
    period = reader.number("period", 30, 1, MAX_PERIOD_SECONDS)
    skew = reader.number("skew", 1, 0, MAX_SKEW)
    name = reader.text("deviceName", MAX_NAME_LENGTH)
    if secret is None:
        return None
    try:
        codes.decode_secret(secret)
    except ValueError:
        reader.errors.append("secretKey should be a base32 text for a totp device.")
    return GivenDevice(secret, period, skew, name)


def _method(reader: _Reader, now_ms: int, settings: Settings) -> GivenMethod | None:
    recipe_id = RECIPES.get(str(reader.value.get("recipeId")))
    if recipe_id is None:
        reader.errors.append(
            "Invalid recipeId for loginMethod. Pass one of emailpassword, thirdparty or, passwordless!"
        )
        return None
    is_verified, is_primary = bool(reader.get("isVerified", bool)), bool(reader.get("isPrimary", bool))
    time_joined = reader.get("timeJoinedInMSSinceEpoch", int)
    if time_joined is not None and not 0 <= time_joined <= now_ms:
        reader.errors.append("timeJoinedInMSSinceEpoch should be a time in the past, not before 1970.")
    tenant_ids = reader.texts("tenantIds")
    reader.suffix = f" for {'an' if recipe_id == 'emailpassword' else 'a'} {recipe_id} recipe"
    email = reader.text("email", normalise.MAX_EMAIL_LENGTH, is_required=recipe_id != "passwordless")
    phone_number, third_party = None, None
    secrets: tuple[str | None, str | None] = (None, None)
    if recipe_id == "emailpassword":
        secrets = _password(reader, settings)
    elif recipe_id == "thirdparty":
        third_party = _third_party(reader)
    else:
        phone_number = reader.text("phoneNumber", normalise.MAX_PHONE_NUMBER_LENGTH)
        if email is None and phone_number is None:
            reader.errors.append("Either email or phoneNumber is required for a passwordless recipe.")
    new = NewLoginMethod(
        recipe_id,
        str(reader.value.get("superTokensUserId", "")),
        now_ms if time_joined is None else time_joined,
        email=None if email is None else normalise.normalise_email(email),
        phone_number=None if phone_number is None else normalise.normalise_phone_number(phone_number),
        third_party=third_party,
        has_verified_email=is_verified,
    )
    tenants = tuple(dict.fromkeys(tenant_id.lower() for tenant_id in tenant_ids or (PUBLIC,)))
    return GivenMethod(new, tenants, is_primary, *secrets)


def _third_party(reader: _Reader) -> ThirdParty:
    provider = reader.text("thirdPartyId", normalise.MAX_THIRD_PARTY_ID_LENGTH, is_required=True)
    account = reader.text("thirdPartyUserId", normalise.MAX_THIRD_PARTY_USER_ID_LENGTH, is_required=True)
    return ThirdParty(provider or "", account or "")


def _password(reader: _Reader, settings: Settings) -> tuple[str | None, str | None]:
    stored, plain = reader.get("passwordHash", str), reader.get("plainTextPassword", str)
    if not stored and not plain:
        reader.errors.append("Either passwordHash or plainTextPassword is required for an emailpassword recipe.")
        return None, None
    try:
        if not stored:
            require_hashable(plain)
            return None, plain
        name = reader.get("hashingAlgorithm", str, is_required=True)
        if name is None:
            return None, None
        if name.strip().upper() not in list(Algorithm):
            reader.errors.append(
                f"Invalid hashingAlgorithm for an emailpassword recipe. Pass one of {', '.join(Algorithm)}!"
            )
            return None, None
        require_importable(stored.strip(), Algorithm(name.strip().upper()), settings)
    except BadRequest as error:
        reader.errors.append(f"{error.message}.")
    return (stored or "").strip() or None, None
