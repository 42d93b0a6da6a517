# SPDX-License-Identifier: Apache-2.0
"""`twofold policy`, `twofold audit` and the support cases of `twofold users`, as an operator types them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.conftest import Twofold
from twofold import _state

PASSWORD = "a long enough password\n"
APP = ("--app", "tests.cli.policy_app:create")


@pytest.fixture(autouse=True)
def _no_application() -> Iterator[None]:
    """Each command begins in a process where nothing called `init`."""
    before = _state.current_app_or_none()
    _state.set_current_app(None)
    yield
    _state.set_current_app(before)


@pytest.fixture
def run(twofold: Twofold) -> Any:
    """Run a command that loads the application."""

    def fresh(*arguments: str) -> Any:
        _state.set_current_app(None)
        return twofold(*arguments)

    return fresh


@pytest.fixture
def ann(twofold: Twofold) -> str:
    """A user with a password."""
    return twofold("users", "create", "--email", "ann@example.com", typed=PASSWORD).out.strip()


def test_explains_the_default(run: Any, ann: str) -> None:
    """Nothing is required of anybody until somebody requires it."""
    outcome = run("policy", "explain", *APP, "--user", "ann@example.com")
    found = run("policy", "explain", *APP, "--user", ann, "--json").json

    assert outcome.status == 0
    assert "signing in with emailpassword: signed in after the first factor" in outcome.out
    assert "may begin a session: emailpassword (first_factors of init)" in outcome.out
    assert (found["decided_by"], found["outcome"], found["set_up"]) == ("default", "SIGNED_IN", ["emailpassword"])


def test_explains_an_override(run: Any, ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A factor that is to be set up, and one for which there is no recipe."""
    monkeypatch.setenv("POLICY", "totp")
    to_set_up = run("policy", "explain", *APP, "--user", ann)
    monkeypatch.setenv("POLICY", "otp-phone")
    impossible = run("policy", "explain", *APP, "--user", ann)

    assert "→ totp (totp, to be set up then)" in to_set_up.out
    assert "because: totp: the application's override" in to_set_up.out
    assert (to_set_up.status, impossible.status) == (0, 1)
    assert "none can be done or set up" in impossible.out
    assert "otp-phone: no recipe offers 'otp-phone'; add passwordless.init()" in impossible.out


def test_counts_who_would_be_locked_out(run: Any, ann: str, twofold: Twofold, monkeypatch: pytest.MonkeyPatch) -> None:
    """On all users, with a sample; the exit status is for programs."""
    twofold("users", "create", "--phone", "+14155552671")
    good = run("policy", "check", *APP, "--json")
    monkeypatch.setenv("POLICY", "webauthn")
    bad = run("policy", "check", *APP, "--json", "--sample", "1")
    told = run("policy", "check", *APP, "--tenant", "public")

    # Who signs in by text message alone cannot begin a session where only passwords may.
    assert good.json["outcomes"] == {"SIGNED_IN": 1, "NO_FIRST_FACTOR": 1}
    assert (good.status, bad.status) == (1, 1)
    assert (bad.json["users"], bad.json["lockedOut"], len(bad.json["sample"])) == (2, 2, 1)
    assert "of 2 users, 2 would be locked out, among them:" in told.out
    assert f"{ann} in public: webauthn" in told.out
    assert "webauthn: no recipe offers 'webauthn'; add webauthn.init() to the recipe list" in told.out


def test_tells_the_profile_of_assurance(run: Any, ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It decides beside the policy, and what of the standard is left to the application is listed."""
    monkeypatch.setenv("ASSURED", "1")
    checked = run("policy", "check", *APP)
    explained = run("policy", "explain", *APP, "--user", ann)
    monkeypatch.setenv("TWOFOLD_ASSURANCE", "asvs-l2")
    examined = run("doctor")

    assert "OWASP ASVS 5.0.0, V6 and V7, level 2: the recipes meet it" in checked.out
    assert "yours to meet: 6.1.2, " in checked.out
    assert "because: totp: the profile of assurance" in explained.out
    assert "every value is valid, and meets OWASP ASVS 5.0.0" in examined.out


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no.such.module", "there is no module no"),
        ("tests.cli.policy_app:nothing", "has no attribute 'nothing'"),
        ("json", "it does not call twofold.init"),
        ("tests.cli.policy_app:broken", "RuntimeError: no database today ("),
    ],
)
def test_an_application_that_cannot_be_loaded(run: Any, name: str, told: str) -> None:
    """Told in one sentence."""
    outcome = run("policy", "check", "--app", name)

    assert told in str(outcome.status)


def test_a_policy_that_raises_is_told(run: Any, ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its place in the application's code: whom it keeps out is counted like anybody who is locked out."""
    monkeypatch.setenv("POLICY", "raises")

    explained = run("policy", "explain", *APP, "--user", ann)
    checked = run("policy", "check", *APP)

    assert explained.status.startswith("twofold: KeyError: 'raises' (")
    assert "policy_app.py, line " in explained.status
    assert checked.status == 1
    assert "1  the policy raises an error" in checked.out
    assert f"{ann} in public: KeyError: 'raises' (" in checked.out


def test_unknown_users_are_told(run: Any, ann: str) -> None:
    """In one sentence."""
    assert run("policy", "explain", *APP, "--user", "nobody").status == (
        "twofold: there is no user nobody in the tenant public"
    )
    for command in (("explain", "--user", "ann@example.com"), ("check",)):
        told = run("policy", *command, *APP, "--tenant", "t9").status
        assert told == "twofold: there is no tenant t9; `twofold tenants list` shows them"


def test_resets_factors_and_shows_the_trail(run: Any, ann: str) -> None:
    """With a reason; the user is told by the application, or by the operator, but is told."""
    untold = run("users", "reset-factors", "ann@example.com", "--reason", "lost")
    silent = run("users", "reset-factors", "ann@example.com", "--reason", "lost", "--without-mail")
    by_mail = run(
        "users", "reset-factors", "ann@example.com", "--reason", "lost", "--after", "24h", "--application", APP[1]
    )
    cancelled = [run("users", "cancel-reset", ann, "--reason", "found").status for _ in range(2)]
    trail = run("audit", "--user", ann, "--json").json

    assert "the user must hear of it" in untold.status
    assert silent.out == "totp: reset\n"
    assert by_mail.out.startswith("totp: reset at 20")
    assert cancelled == [0, 1]
    assert [entry["action"] for entry in trail] == [
        "factor_reset.cancelled",
        "factor_reset.requested",
        "factor_reset.done",
    ]
    assert {entry["actor"].partition(" ")[0] for entry in trail} == {"operator"}
    assert {entry["reason"] for entry in trail} == {"lost", "found"}


def test_what_cannot_be_reset_is_told(run: Any, ann: str) -> None:
    """By name, before anything is done."""
    wrong = run("users", "reset-factors", ann, "--reason", "r", "--without-mail", "--factor", "emailpassword")
    nobody = run("users", "reset-factors", "nobody", "--reason", "r", "--application", APP[1])

    assert "emailpassword cannot be reset; what can: totp" in wrong.status
    assert nobody.status == "twofold: there is no user nobody in the tenant public"


def test_filters_the_trail(run: Any, ann: str) -> None:
    """By action, actor, tenant and age, in pages or whole."""
    for role in ("a", "b", "c"):
        run("users", "roles", ann, "--add", role, "--create-roles")

    assert [len(run("audit", "--json", "--limit", str(limit)).json) for limit in (0, 2)] == [3, 2]
    assert len(run("audit", "--json", "--action", "role.given", "--since", "1h").json) == 3
    assert run("audit", "--json", "--actor", "nobody").json == []
    assert run("audit", "--json", "--tenant", "t9").json == []
    assert run("audit").out.count("role.given") == 3
    assert "there is no action x; there are: factor.added" in run("audit", "--action", "x").status
    assert "--limit is the number" in run("audit", "--limit", "-1").status
