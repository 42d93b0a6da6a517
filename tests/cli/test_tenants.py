# SPDX-License-Identifier: Apache-2.0
"""`twofold tenants` on both databases."""

from tests.cli.conftest import Twofold


def test_makes_changes_lists_and_deletes(twofold: Twofold) -> None:
    """What is not named in a change stays."""
    made = twofold("tenants", "set", "acme", "--first-factor", "emailpassword", "--setting.totp_max_attempts", "3")
    changed = twofold("tenants", "set", "acme", "--second-factor", "totp", "--second-factor", "otp-email")
    shown = twofold("tenants", "show", "acme").json

    assert (made.out, changed.out) == ("created acme\n", "changed acme\n")
    assert shown["firstFactors"] == ["emailpassword"]
    assert shown["requiredSecondaryFactors"] == ["totp", "otp-email"]
    assert shown["coreConfig"] == {"totp_max_attempts": "3"}
    assert [tenant["tenantId"] for tenant in twofold("tenants", "list", "--json").json] == ["acme", "public"]
    assert "totp, otp-email" in twofold("tenants", "list").out

    assert twofold("tenants", "delete", "acme", "--yes").out == "deleted acme\n"
    assert twofold("tenants", "show", "acme").status == "twofold: there is no tenant acme"


def test_takes_restrictions_back(twofold: Twofold) -> None:
    """Also a setting, by an empty value."""
    twofold("tenants", "set", "acme", "--first-factor", "totp", "--second-factor", "totp")
    twofold("tenants", "set", "acme", "--setting.totp_max_attempts", "3")

    twofold("tenants", "set", "acme", "--any-first-factor", "--no-second-factor", "--setting.totp_max_attempts", "")

    shown = twofold("tenants", "show", "acme").json
    assert "firstFactors" not in shown
    assert "requiredSecondaryFactors" not in shown
    assert shown["coreConfig"] == {}


def test_a_factor_that_may_be_misspelt_is_told_and_stored(twofold: Twofold) -> None:
    """It may be one of the application's own."""
    misspelt = twofold("tenants", "set", "acme", "--first-factor", "emailpasword", "--second-factor", "totp")
    own = twofold("tenants", "set", "acme", "--second-factor", "fingerprint")

    assert "did you mean emailpassword?" in misspelt.notes
    assert "totp" not in misspelt.notes
    assert own.notes.startswith("note: fingerprint is no factor of Twofold's. One of the application's own")
    assert own.out == "changed acme\n"


def test_refuses_what_contradicts_itself_or_the_core_refuses(twofold: Twofold) -> None:
    """In one sentence."""
    twofold("migrate")

    both = twofold("tenants", "set", "acme", "--first-factor", "totp", "--any-first-factor")
    unknown = twofold("tenants", "set", "acme", "--setting.no_such_setting", "3")
    asked = twofold("tenants", "delete", "public")

    assert "exclude each other" in str(both.status)
    assert "no_such_setting" in str(unknown.status)
    assert "give --yes" in str(asked.status)
    assert "Cannot delete public tenant" in str(twofold("tenants", "delete", "public", "--yes").status)
