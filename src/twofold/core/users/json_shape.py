# SPDX-License-Identifier: Apache-2.0
"""Users as clients see them, in the shape of each version."""

from collections.abc import Iterable

from twofold.core._fields import Json
from twofold.core.users.model import LoginMethod, ThirdParty, User
from twofold.core.version import V4_0, V5_3, Version


def user_json(user: User, version: Version) -> Json:
    """A whole person. Before CDI 4.0 that is the login method that joined first, as `login_method_json` shows it."""
    if version < V4_0:
        return login_method_json(user.login_methods[0])
    methods = user.login_methods
    # Clients of versions without passkeys would take these e-mails for addresses to sign in with.
    speaking = methods if version >= V5_3 else tuple(item for item in methods if item.recipe_id != "webauthn")
    shown: Json = {
        "id": user.id,
        "isPrimaryUser": user.is_primary,
        "tenantIds": list(user.tenant_ids),
        "timeJoined": user.time_joined,
        "emails": _distinct(item.email for item in speaking),
        "phoneNumbers": _distinct(item.phone_number for item in methods),
        "thirdParty": [_third_party(pair) for pair in dict.fromkeys(item.third_party for item in methods) if pair],
        "loginMethods": [_member(item, version) for item in methods],
    }
    if version >= V5_3:
        shown["webauthn"] = {"credentialIds": _distinct(key for item in methods for key in item.credential_ids)}
    return shown


def login_method_json(method: LoginMethod) -> Json:
    """One login method as the flat user object of CDI before 4.0."""
    return {"id": method.id, "timeJoined": method.time_joined, "tenantIds": list(method.tenant_ids)} | _contact(method)


def listed_user_json(user: User, version: Version) -> Json:
    """A person as an element of the list of users."""
    shown = user_json(user, version)
    return shown if version >= V4_0 else {"recipeId": user.login_methods[0].recipe_id, "user": shown}


def _member(method: LoginMethod, version: Version) -> Json:
    shown = {
        "recipeId": method.recipe_id,
        "recipeUserId": method.id,
        "tenantIds": list(method.tenant_ids),
        "timeJoined": method.time_joined,
        "verified": method.is_verified,
    } | _contact(method)
    if method.recipe_id == "webauthn" and version >= V5_3:
        shown["webauthn"] = {"credentialIds": list(method.credential_ids)}
    return shown


def _contact(method: LoginMethod) -> Json:
    shown: Json = {}
    if method.email is not None:
        shown["email"] = method.email
    if method.phone_number is not None:
        shown["phoneNumber"] = method.phone_number
    if method.third_party is not None:
        shown["thirdParty"] = _third_party(method.third_party)
    return shown


def _third_party(pair: ThirdParty) -> Json:
    return {"id": pair.id, "userId": pair.user_id}


def _distinct(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value is not None))
