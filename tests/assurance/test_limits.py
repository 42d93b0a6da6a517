# SPDX-License-Identifier: Apache-2.0
"""What is looser than a profile allows is refused, wherever it is said; the text names setting, clause and mend."""

from math import isfinite
from pathlib import Path
from typing import Any

import pytest

from tests.assurance.application import EVERYWHERE, deployed, recipes
from tests.security.application import ELSEWHERE
from twofold import InputAppInfo, SupertokensConfig, _state, init, testing
from twofold._assurance import PROFILES, TOTP_DEVICE
from twofold.cli.configuration import ConfigurationError, read
from twofold.core.app import create_core
from twofold.core.config import KEYS, Settings, deviations, settings_of
from twofold.exceptions import GeneralError
from twofold.recipe import (
    emailpassword,
    multifactorauth,
    notices,
    passwordless,
    session,
    thirdparty,
    totp,
    trusteddevices,
)

LIMITS = [(profile, rule, limit) for profile in PROFILES.values() for rule, limit in profile.limits]
OF_CORE = [case for case in LIMITS if case[2].setting in KEYS]


def _named(part: Any) -> str:
    return str(getattr(part, "mark", "") or getattr(part, "clause", "") or part.setting)


async def _own_code(*_: Any) -> str:
    return "0000"


LOOSER: dict[str, dict[str, Any]] = {
    "multifactorauth.init()": {"multifactorauth": None, "recoverycodes": None},
    "multifactorauth.init(factor_change_max_age_seconds)": {
        "multifactorauth": multifactorauth.init(factor_change_max_age_seconds=901)
    },
    "notices.init(email_delivery)": {"notices": None},
    "notices.init(tells_of_factor_changes)": {"notices": notices.init(tells_of_factor_changes=False)},
    "passwordless.init(contact_config)": {"totp": None, "webauthn": None},
    "passwordless.init(get_custom_user_input_code)": {
        "passwordless": passwordless.init(
            passwordless.ContactEmailOnlyConfig(), "USER_INPUT_CODE", get_custom_user_input_code=_own_code
        )
    },
    "recoverycodes.init()": {"recoverycodes": None},
    "session.init(anti_csrf)": {"session": session.init(anti_csrf="NONE")},
    "session.init(cookie_secure)": {"session": session.init(cookie_secure=False)},
    "totp.init(default_period)": {"totp": totp.init(totp.TOTPConfig(default_period=121))},
    "totp.init(default_skew)": {"totp": totp.init(totp.TOTPConfig(default_skew=2))},
    "trusteddevices.init()": {"trusteddevices": trusteddevices.init()},
    "webauthn.init()": {"webauthn": None},
}
OF_SDK = [case for case in LIMITS if case[2].setting not in {*KEYS, *TOTP_DEVICE.values()}]


@pytest.fixture
def database(tmp_path: Path) -> Any:
    """A core of its own for `init`; the App of before is current again afterwards."""
    before = _state.current_app_or_none()
    yield SupertokensConfig(f"sqlite:///{tmp_path}/own.db")
    _state.set_current_app(before)


@pytest.mark.parametrize("name", PROFILES)
def test_the_defaults_of_a_profile_are_within_it(name: str) -> None:
    """One setting is enough; and none of ours is loosened by it."""
    assert deviations(settings_of({"assurance": name})) == []
    assert deviations(Settings()) == []


@pytest.mark.parametrize(("profile", "rule", "limit"), OF_CORE, ids=_named)
def test_each_limit_of_the_core(profile: Any, rule: Any, limit: Any, tmp_path: Path) -> None:
    """A looser value is refused where the operator gives it.

    AAL2 2.2.3, 3.1.1.2, 3.1.3.2, 3.1.4.2, 3.2.2, 4.2.1.2. ASVS 6.2.8, 6.5.5, 6.6.3, 7.3.1, 7.3.2.
    """
    looser = "BCRYPT" if limit.only else limit.most + 1 if limit.most < 1e12 else limit.least - 1
    variables = {"TWOFOLD_ASSURANCE": profile.name, f"TWOFOLD_{limit.setting.upper()}": f"{looser}"}

    with pytest.raises(ConfigurationError) as refused:
        read({}, variables, tmp_path)

    told = str(refused.value)
    assert f"TWOFOLD_{limit.setting.upper()}" in told
    assert f"(allowed: {limit.allowed}). {profile.mark} {rule.clause}: {rule.asks}." in told


def test_a_hundred_guesses_in_a_year() -> None:
    """AAL2 3.2.2: of codes, and of passwords from one network and all strange ones, at the loosest that is allowed."""
    loosest = {
        limit.setting: limit.most if isfinite(limit.most) else limit.least for _, limit in PROFILES["nist-aal2"].limits
    }

    def in_a_year(budget: str, refill: str, unit_seconds: int = 1) -> float:
        return float(loosest[budget] + 365 * 86_400 / (loosest[refill] * unit_seconds))

    of_passwords = in_a_year("password_guess_budget", "password_guess_refill_sec")
    of_strangers = in_a_year("password_stranger_budget", "password_stranger_refill_sec")
    assert of_passwords + of_strangers <= 100
    assert in_a_year("guess_budget", "guess_refill_hours", 3600) <= 100


@pytest.mark.parametrize(("profile", "rule", "limit"), OF_SDK, ids=_named)
def test_each_limit_of_the_recipes(profile: Any, rule: Any, limit: Any, database: Any) -> None:
    """A looser recipe is refused at `init`, with what to do.

    AAL2 2.2.1, 2.2.2, 3.1.3.2, 3.1.4.1, 3.1.4.2, 4.1.2.1, 4.2.1.1, 5.1, 5.1.1.
    ASVS 6.3.3, 6.5.3, 6.5.5, 6.6.1, 7.5.1.
    """
    given = deployed(**LOOSER[limit.setting])

    with pytest.raises(GeneralError) as refused:
        init(EVERYWHERE, "fastapi", database, given, assurance=profile.name)

    told = str(refused.value)
    assert f"assurance={profile.name!r} does not allow {limit.setting} to be" in told
    assert f"{profile.mark} {rule.clause}: {rule.asks}" in told


@pytest.mark.parametrize("name", PROFILES)
def test_what_is_within_starts(name: Any, database: Any) -> None:
    """And the embedded core gets the same profile."""
    init(EVERYWHERE, "fastapi", database, deployed(), assurance=name)

    transport: Any = _state.current_app().transport
    assert transport._core.services.settings == settings_of({"assurance": name, "base_config_modifiable": True})


def test_a_developers_machine_needs_no_https(database: Any) -> None:
    """Cookies without `Secure` are for `localhost` alone."""
    here = InputAppInfo("Test", testing.ADDRESS, website_domain=testing.ADDRESS)
    init(here, "fastapi", database, recipes(), assurance="nist-aal2")

    with pytest.raises(GeneralError, match="begins with https://"):
        init(
            InputAppInfo("Test", "http://api.example.com", website_domain="http://example.com"),
            "fastapi",
            database,
            deployed(),
            assurance="nist-aal2",
        )


def test_a_password_alone_is_no_second_factor(database: Any) -> None:
    """AAL2 2.2.1, ASVS 6.3.3: an application whose recipes cannot meet the profile does not start."""
    only = [session.init(), emailpassword.init(), multifactorauth.init()]

    with pytest.raises(GeneralError, match="without a second factor that counts"):
        init(EVERYWHERE, "fastapi", database, only, assurance="asvs-l2")


def test_each_first_factor_needs_a_second_one(database: Any) -> None:
    """ASVS 6.3.3: who begins at the provider has codes by mail; who begins with such a code would have nothing else."""
    by_mail = passwordless.init(passwordless.ContactEmailOnlyConfig(), "USER_INPUT_CODE")
    elsewhere = thirdparty.init(thirdparty.SignInAndUpFeature([ELSEWHERE]))
    parts = [session.init(), elsewhere, by_mail]

    with pytest.raises(GeneralError, match="without a second factor that counts"):
        init(EVERYWHERE, "fastapi", database, [*parts, multifactorauth.init()], assurance="asvs-l2")
    init(EVERYWHERE, "fastapi", database, [*parts, multifactorauth.init(["thirdparty"])], assurance="asvs-l2")


def test_who_is_to_be_told_and_cannot_be(database: Any, caplog: pytest.LogCaptureFixture) -> None:
    """AAL2 4.1.2.1: where the profile lets it start, the log says so; not with a sender, or an override."""
    own = notices.init(override=notices.OverrideConfig(functions=lambda original: original))

    for given in (recipes(), deployed(), recipes(notices=own)):
        init(EVERYWHERE, "fastapi", database, given, assurance="asvs-l2")

    told = [record.message for record in caplog.records if record.name == "twofold.notices"]
    assert len(told) == 1
    assert "nothing sends the mails. Please add notices.init(email_delivery=…)" in told[0]


def test_a_profile_that_does_not_exist(database: Any) -> None:
    """The names that exist are told, by SDK and core."""
    mistake: Any = "aal3"
    with pytest.raises(GeneralError, match="nist-aal2, asvs-l2, not 'aal3'"):
        init(EVERYWHERE, "fastapi", database, recipes(), assurance=mistake)
    with pytest.raises(ValueError, match="not 'aal3'"):
        settings_of({"assurance": mistake})


def test_tests_are_held_to_it() -> None:
    """`testing.app` refuses what the core would."""
    with pytest.raises(GeneralError, match="passwordless_code_lifetime"):
        testing.app(recipes(), assurance="asvs-l2", settings={"passwordless_code_lifetime": 900_000})


async def test_what_a_tenant_stored_before_is_tightened(tmp_path: Path) -> None:
    """A looser override from before the profile counts as what the profile asks, and is not stored anew."""
    url = f"sqlite:///{tmp_path}/core.db"
    tenant = {"tenantId": "bank", "coreConfig": {"passwordless_code_lifetime": 900_000}}
    before = create_core(url, Settings())
    await before.start()
    await before.call("PUT", "/recipe/multitenancy/tenant/v2", body=tenant)
    await before.stop()

    after = create_core(url, settings_of({"assurance": "nist-aal2"}))
    await after.start()
    try:
        found = await after.services.tenants.find("public", "bank")
        with pytest.raises(Exception, match=r"AAL2 3\.1\.3\.2"):
            await after.call("PUT", "/recipe/multitenancy/tenant/v2", body=tenant)
    finally:
        await after.stop()

    assert found.settings.passwordless_code_lifetime == 600_000
