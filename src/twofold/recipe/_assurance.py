# SPDX-License-Identifier: Apache-2.0
"""Looks at the recipes of an App with the eyes of a profile of assurance; the tables are in `twofold._assurance`."""

from collections.abc import Callable
from typing import Any

from twofold._app_info import AppInfo
from twofold._assurance import Deviation, profile_of
from twofold._assurance.rules import GIVEN, LEFT_OUT, LISTED
from twofold.exceptions import GeneralError
from twofold.ingredients._inbox import is_development
from twofold.recipe._base import every_recipe
from twofold.recipe.multifactorauth.assurance import can_be_met

Find = Callable[[str], Any]
"""A recipe by its id, or None."""


def refuse_deviations(app_info: AppInfo, find: Find) -> None:
    """Refuse what is looser than the profile allows, of what the recipes were given.

    Raises:
        GeneralError: naming the first such setting, the clause, and what to do.
    """
    for deviation in deviations(app_info, find):
        raise GeneralError(str(deviation))


def deviations(app_info: AppInfo, find: Find) -> list[Deviation]:
    """Return what is looser than the profile allows, if there is one."""
    profile = profile_of(app_info.assurance)
    return [] if profile is None else profile.deviations(_values(app_info, profile.name, find))


def _values(app_info: AppInfo, profile: str, find: Find) -> dict[str, object]:
    """What the recipes were given, by the names of the settings in the tables."""
    first = {factor for recipe in every_recipe() for factor in recipe.first_factors()}
    second = {factor for recipe in every_recipe() for factor in recipe.secondary_factors()}
    values: dict[str, object] = {
        f"{name}.init()": LISTED if find(name) is not None else LEFT_OUT
        for name in ("recoverycodes", "trusteddevices", "webauthn", "multifactorauth")
    }
    if (factors := find("multifactorauth")) is not None:
        values["multifactorauth.init(factor_change_max_age_seconds)"] = factors.config.factor_change_max_age_seconds
        if not can_be_met(profile, factors.configured_first_factors() or first, second):
            values["multifactorauth.init()"] = "without a second factor that counts"
    if (totp := find("totp")) is not None:
        values["totp.init(default_period)"] = totp.config.default_period
        values["totp.init(default_skew)"] = totp.config.default_skew
    if (passwordless := find("passwordless")) is not None:
        values["passwordless.init(get_custom_user_input_code)"] = passwordless.config.get_custom_user_input_code
        by_phone = bool(passwordless.config.factors_of("phone"))
        is_alone = totp is None and find("webauthn") is None
        values["passwordless.init(contact_config)"] = _PHONE_NUMBERS[by_phone, is_alone]
    notices = find("notices")  # always on
    values["notices.init(tells_of_factor_changes)"] = notices.config.tells_of_factor_changes
    values["notices.init(email_delivery)"] = GIVEN if notices.can_send else LEFT_OUT
    if (session := find("session")) is not None:
        anti_csrf = session.config.anti_csrf_function_or_string
        values["session.init(anti_csrf)"] = None if callable(anti_csrf) else anti_csrf
        if not is_development(app_info):
            values["session.init(cookie_secure)"] = session.config.cookie_secure
    return values


_PHONE_NUMBERS = {
    (False, False): "no phone numbers",
    (False, True): "no phone numbers",
    (True, False): "phone numbers beside totp.init() or webauthn.init()",
    (True, True): "phone numbers without a stronger way",
}
