# SPDX-License-Identifier: Apache-2.0
"""The samples of "Legacy MFA" do what their text says: a second factor by a claim of the application's own.

"Setting up the 1st factor" marks each session as half-way; "Setting up the 2nd factor" lets a code by SMS go to the
person's own number, and finish the session with it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from django.test import Client as DjangoClient
from flask import Flask

import tests.framework.django_project  # noqa: F401  # the settings that its client needs
from tests.flows.person import ANN, PASSWORD, Person, StartSample, application
from tests.flows.samples import API, CUT_OFF, FIRST_FACTOR, SECOND_FACTOR, run_sample
from twofold import _state
from twofold.framework.flask import Middleware
from twofold.recipe.session.claims import BooleanClaim
from twofold.recipe.usermetadata.asyncio import get_user_metadata

FIRST, SECOND = "legacy_first_factor", "legacy_second_factor"
NUMBER, ANOTHER_NUMBER = "+14155552671", "+14155552672"
Overrides = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""Of the session's functions, and of the APIs of codes."""


def must_be_complete(validators: list[Any], _session: Any, _context: Any) -> list[Any]:
    """What protected routes of such applications ask for; only the key of the claim matters."""
    claim = BooleanClaim(key="2fa-completed", fetch_value=lambda *_: False)
    return [*validators, claim.validators.is_true(None)]


@pytest.fixture
async def stopped() -> AsyncIterator[None]:
    """Stop what a sample started."""
    yield
    await _state.current_app().stop()
    _state.set_current_app(None)


@pytest.fixture
async def start(sqlite_url: str, stopped: None) -> StartSample:
    """Start "1. Initialisation" of the second guide, with overrides of later samples of it."""

    def start_sample(overrides: Overrides, changes: dict[str, str] | None = None) -> Any:
        session_override, code_override = overrides
        given = {"database": sqlite_url, "session_override": session_override, "code_override": code_override}
        run_sample(f"{SECOND}/initialisation_fastapi", {**SECOND_FACTOR, **(changes or {})}, given)
        return application(override_global_claim_validators=must_be_complete)

    return start_sample


def completing() -> Overrides:
    """Sample of section 3: the code completes the session that it was asked for in."""
    sample = run_sample(f"{SECOND}/second_factor")
    return sample.override_session_functions, sample.override_passwordless_apis


def checking_metadata() -> Overrides:
    """Samples of sections 3 and 4: and it goes to the number that is known of the user, whom the metadata names."""
    sessions, completed = completing()
    checked = run_sample(f"{SECOND}/phone_number_of_metadata").override_passwordless_apis
    return sessions, lambda original: checked(completed(original))


def checking_session() -> Overrides:
    """Samples of sections 3 and 5: the session's payload says which number that is."""
    _, completed = completing()
    sessions = run_sample(f"{SECOND}/phone_number_in_session").override_session_functions
    checked = run_sample(f"{SECOND}/phone_number_of_session", CUT_OFF).override_passwordless_apis
    return sessions, lambda original: checked(completed(original))


async def ask_by_sms(person: Person, number: str) -> httpx.Response:
    """Ask for a code by SMS, as a front end of the time: it says nothing of linking."""
    reply: httpx.Response = await person.browser.send("POST", "/auth/signinup/code", {"phoneNumber": number})
    return reply


async def complete(person: Person, number: str = NUMBER) -> dict[str, Any]:
    """Ask for a code and type it."""
    return await person.type_code((await ask_by_sms(person, number)).json(), wants_linking=False)


@pytest.mark.parametrize("overrides", [completing, checking_metadata, checking_session])
async def test_a_code_completes_the_session(start: StartSample, overrides: Callable[[], Overrides]) -> None:
    """Nothing opens before it, a wrong one opens nothing, and the right one keeps session and user."""
    ann = Person(start(overrides()))
    user = await ann.enter("signup")
    refused = await ann.orders()
    device = (await ask_by_sms(ann, NUMBER)).json()
    handle = ann.browser.payload()["sessionHandle"]

    wrong = await ann.type_code(device, "000000", wants_linking=False)
    still_refused = await ann.orders()
    right = await ann.type_code(device, wants_linking=False)

    assert [refused.status_code, still_refused.status_code] == [403, 403]
    assert refused.json()["claimValidationErrors"][0]["id"] == "2fa-completed"
    assert [wrong["status"], right["status"]] == ["INCORRECT_USER_INPUT_CODE_ERROR", "OK"]
    assert (await ann.orders()).json() == {"of": user["id"]}
    assert ann.browser.payload()["sessionHandle"] == handle
    assert ann.browser.payload()["2fa-completed"]["v"] is True
    assert (await get_user_metadata(user["id"])).metadata == {"passwordlessUserId": right["user"]["id"]}


@pytest.mark.parametrize("overrides", [checking_metadata, checking_session])
async def test_a_guessed_password_brings_no_number_of_its_own(
    start: StartSample, overrides: Callable[[], Overrides]
) -> None:
    """Section 4: "Mallory guesses Alice's password and injects their phone number": no code is sent there."""
    app = start(overrides())
    alice = Person(app)
    await alice.enter("signup")
    await complete(alice)
    mallory = Person(app)
    await mallory.enter("signin")
    sent = len(_state.current_app().inbox.messages())

    with pytest.raises(Exception, match="Input phone number is not the same as the one saved for this user"):
        await ask_by_sms(mallory, ANOTHER_NUMBER)

    assert len(_state.current_app().inbox.messages()) == sent
    assert (await mallory.orders()).status_code == 403
    again = Person(app)
    await again.enter("signin")
    assert (await complete(again))["status"] == "OK"
    assert (await again.orders()).status_code == 200


async def test_without_the_check_mallory_is_in(start: StartSample) -> None:
    """Section 4: "if we don't modify that, the attack below is possible" — the reason for the samples after it."""
    app = start(completing())
    alice = Person(app)
    await alice.enter("signup")
    await complete(alice)
    mallory = Person(app)
    await mallory.enter("signin")

    assert (await complete(mallory, ANOTHER_NUMBER))["status"] == "OK"


async def test_the_front_end_reads_the_number(start: StartSample) -> None:
    """Section 5: the number is in the session of who signs in again, "without asking the user" for it."""
    app = start(checking_session())
    ann = Person(app)
    await ann.enter("signup")
    first = ann.browser.payload()["phoneNumber"]
    await complete(ann)
    again = Person(app)
    await again.enter("signin")

    assert first is None
    assert again.browser.payload()["phoneNumber"] == NUMBER
    assert again.browser.payload()["2fa-completed"]["v"] is False


@pytest.mark.parametrize(
    "changes",
    [
        {
            "import thirdparty, emailpassword,": "import thirdpartyemailpassword as both,",
            "thirdparty.init(": "both.init(",
            "emailpassword.init(\n            # ...\n        ),": "",
        },
        {
            "import thirdparty, emailpassword, session, passwordless": (
                "import emailpassword, session, thirdpartypasswordless as passwordless"
            ),
            "thirdparty.init(\n            # ...\n        ),": "",
            "supertokens_python.recipe.passwordless": "supertokens_python.recipe.thirdpartypasswordless",
        },
    ],
    ids=["thirdpartyemailpassword", "thirdpartypasswordless"],
)
async def test_with_combination_recipes(start: StartSample, changes: dict[str, str]) -> None:
    """The same with a combination recipe in place of two: the first factor's, or the one that sends codes."""
    app = start(checking_session(), changes)
    ann = Person(app)
    await ann.enter("signup")
    refused = (await ann.orders()).status_code

    assert (await complete(ann))["status"] == "OK"
    assert (refused, (await ann.orders()).status_code) == (403, 200)


async def test_overrides_of_the_older_generation(sqlite_url: str, stopped: None) -> None:
    """Adding SecondFactorClaim (first guide): without `recipe_user_id`, and with the claim's arguments of that time."""
    sample = run_sample(f"{FIRST}/second_factor_claim")
    override = "session.init(override=session.InputOverrideConfig(functions=session_override)),"
    given = {"database": sqlite_url, "session_override": sample.override_session_functions}
    run_sample(f"{FIRST}/initialisation_fastapi", {**FIRST_FACTOR, "session.init(),": override}, given)
    ann = Person(application(override_global_claim_validators=must_be_complete))

    await ann.enter("signup")

    assert ann.browser.payload()["2fa-completed"]["v"] is False
    assert (await ann.orders()).status_code == 403


SIGN_UP = {"formFields": [{"id": "email", "value": ANN}, {"id": "password", "value": PASSWORD}]}


def sign_up_with_fastapi() -> Any:
    """Sign up at an application on FastAPI."""

    async def ask() -> Any:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application()), base_url=API) as browser:
            return (await browser.post("/auth/signup", json=SIGN_UP)).json()

    return asyncio.run(ask())


def sign_up_with_flask() -> Any:
    """Sign up at an application on Flask."""
    app = Flask(__name__)
    Middleware(app)
    return app.test_client().post("/auth/signup", json=SIGN_UP).get_json()


def sign_up_with_django() -> Any:
    """Sign up at an application on Django."""
    return DjangoClient().post("/auth/signup", SIGN_UP, content_type="application/json").json()


SIGN_UP_WITH = {"fastapi": sign_up_with_fastapi, "flask": sign_up_with_flask, "django": sign_up_with_django}


@pytest.mark.slow
@pytest.mark.parametrize("framework", SIGN_UP_WITH)
def test_initialisation_of_the_first_factor(framework: str, sqlite_url: str) -> None:
    """The sample "Initialisation" of the first guide, in each framework."""
    run_sample(f"{FIRST}/initialisation_{framework}", FIRST_FACTOR, {"database": sqlite_url})

    assert SIGN_UP_WITH[framework]()["status"] == "OK"
    _state.set_current_app(None)


@pytest.mark.slow
@pytest.mark.parametrize("framework", SIGN_UP_WITH)
def test_initialisation_of_the_second_factor(framework: str, sqlite_url: str) -> None:
    """The sample "Initialisation" of the second guide, in each framework."""
    sessions, codes = checking_session()
    given = {"database": sqlite_url, "session_override": sessions, "code_override": codes}
    run_sample(f"{SECOND}/initialisation_{framework}", SECOND_FACTOR, given)

    assert SIGN_UP_WITH[framework]()["status"] == "OK"
    _state.set_current_app(None)
