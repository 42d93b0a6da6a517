# SPDX-License-Identifier: Apache-2.0
"""Ways to sign in: addresses, numbers and accounts elsewhere are added, changed and taken away."""

import asyncio
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.ui.conftest import ADDRESS, Start, inbox, newest_code, open_again
from tests.ui.login.test_provider import come_back, input_of, leave
from tests.ui.person import ANN, hidden_fields, link_within_a_session, set_authenticator_up, sign_in_again, sign_up
from twofold import ui
from twofold.asyncio import list_users_by_account_info
from twofold.core.clock import TurnableClock
from twofold.ingredients._unobserved import all_sent
from twofold.recipe import accountlinking, emailpassword, passwordless, session, thirdparty
from twofold.recipe._keeping import LastWayInError, keep_way_in
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.accountlinking.types import ShouldNotAutomaticallyLink
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.passwordless.asyncio import signinup
from twofold.recipe.passwordless.recipe import PasswordlessRecipe
from twofold.types.base import AccountInfoInput, RecipeUserId
from twofold.ui.login.flow import PROVIDER_COOKIE_NAME

LIST = "/auth/settings/login-methods"
CONTACT = f"{LIST}/contact"
CONNECT = f"{LIST}/provider"
BOB = {**ANN, "email": "bob@example.com"}
PHONE, NEW_PHONE = "+41791234567", "+41797654321"
PROVIDERS = thirdparty.SignInAndUpFeature([input_of("shop", "The Shop"), input_of("club", "The Club")])


@pytest.fixture
async def ann(start: Start) -> httpx.AsyncClient:
    """A browser in which Ann is signed in with a password, at an application that also has a provider."""
    return await sign_up(start, None, thirdparty.init(PROVIDERS))


async def ask(browser: httpx.AsyncClient, phone: str, **fields: str) -> httpx.Response:
    """Have a code sent to a phone number that is to be this person's."""
    return await browser.post(CONTACT, data={"channel": "phone", "phone": phone, **fields})


async def add(browser: httpx.AsyncClient, phone: str = PHONE) -> httpx.Response:
    """Add a phone number."""
    await ask(browser, phone)
    return await browser.post("/auth/code", data={"code": newest_code()})


async def leave_to_connect(browser: httpx.AsyncClient) -> str:
    """Press the button of a provider, and return the `state` of the address that the page leads to."""
    page = await browser.post(CONNECT, data={"provider": "shop"})
    address = re.search(r'<meta http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert address is not None, page.text
    assert f'href="{address[1]}"' in page.text
    assert address[1].startswith("https://shop.example/authorize?client_id=notes&amp;state=")
    return parse_qs(urlsplit(unescape(address[1])).query)["state"][0]


async def connect(browser: httpx.AsyncClient, account: str) -> httpx.Response:
    """Connect an account at the provider."""
    state = await leave_to_connect(browser)
    return await come_back(browser, state=state, code=account)


def ids(page: httpx.Response) -> list[str]:
    """Return the ids of what the page would take away."""
    return re.findall(r'name="method" value="([^"]+)"', page.text)


async def take_away(browser: httpx.AsyncClient, number: int = 0) -> httpx.Response:
    """Take one of the login methods away."""
    shown = ids(await browser.get(LIST))
    return await browser.post(f"{LIST}/remove", data={"method": shown[number]})


@pytest.mark.parametrize(("channel", "contact"), [("email", "ann@work.example"), ("phone", PHONE)])
async def test_a_contact_is_added(ann: httpx.AsyncClient, channel: str, contact: str) -> None:
    """After a wrong code and a new one; it is listed then, and can be asked for."""
    page = await ann.get(LIST)
    link = re.search(rf'href="({CONTACT}\?channel={channel})"', page.text)
    assert link is not None
    form = await ann.get(link[1])
    shown = await ann.post(CONTACT, data={**hidden_fields(form), channel: contact})
    assert "Cancel" in shown.text
    assert "Cancel and sign out" not in shown.text
    reply = await ann.post("/auth/code", data={"code": "x"})
    assert "4 tries left" in reply.text
    reply = await ann.post("/auth/resend")
    assert "We sent you a new code." in reply.text

    offered = await ann.post("/auth/code", data={"code": newest_code()})
    assert offered.url.path == "/auth/settings/recovery-codes"
    reply = await ann.get(hidden_fields(offered)["to"])

    assert "It was added" in reply.text
    assert contact in unescape(reply.text)


@pytest.mark.parametrize(
    ("phone", "says"), [("", "Enter your phone number."), ("12", "Phone number is invalid"), ("nobody", "invalid")]
)
async def test_what_is_no_number_is_asked_for_again(ann: httpx.AsyncClient, phone: str, says: str) -> None:
    """And nothing is sent."""
    reply = await ask(ann, phone)

    assert (reply.status_code, says in reply.text) == (422, True)
    assert inbox().messages() == []


async def test_a_contact_of_somebody_else_is_refused(ann: httpx.AsyncClient) -> None:
    """In plain words, to who reads its messages alone: until then nobody learns that it is somebody's."""
    await add(ann)
    async with open_again(ann) as bob:
        await bob.post("/auth/sign-up", data=BOB)
        asked = await ask(bob, PHONE)

        reply = await bob.post("/auth/code", data={"code": newest_code()})

        assert (asked.status_code, asked.url.path) == (200, "/auth/code")
        assert "It may belong to another one." in reply.text
        assert PHONE not in (await bob.get(LIST)).text
        assert PHONE in (await ann.get(LIST)).text


async def test_a_code_that_was_tried_too_often_ends_it(ann: httpx.AsyncClient) -> None:
    """The list says so, and nothing was added."""
    await ask(ann, PHONE)
    for _ in range(4):
        await ann.post("/auth/code", data={"code": "x"})

    reply = await ann.post("/auth/code", data={"code": "x"})

    assert reply.url.path == LIST
    assert "Nothing has changed." in reply.text
    assert PHONE not in reply.text


async def test_a_number_is_changed(ann: httpx.AsyncClient) -> None:
    """By a code to the new one; it was never both, and the account's address is told."""
    await add(ann)
    page = await ann.get(LIST)
    link = re.search(rf'href="({CONTACT}\?channel=phone&amp;of=[^"]+)"', page.text)
    assert link is not None
    form = await ann.get(unescape(link[1]))
    assert "Until you enter it, nothing changes." in form.text
    fields = hidden_fields(form)
    await ann.post(CONTACT, data={**fields, "phone": NEW_PHONE})
    reply = await ann.post("/auth/code", data={"code": "x"})
    assert "4 tries left" in reply.text
    assert PHONE in (await ann.get(LIST)).text
    code = newest_code()

    reply = await ann.post("/auth/code", data={"code": code})

    assert "It was changed." in reply.text
    assert NEW_PHONE in reply.text
    assert PHONE not in reply.text
    await all_sent()
    mail = inbox().messages()[0]
    assert (mail.to, mail.subject) == (ANN["email"], "Your phone number was changed")
    assert NEW_PHONE not in mail.text
    assert (await ann.post("/auth/code", data={"code": code})).url.path == "/notes"


async def test_a_contact_is_not_changed_to_somebody_elses(ann: httpx.AsyncClient) -> None:
    """Even if one can read its codes."""
    await add(ann)
    await signinup("public", None, NEW_PHONE, None)

    await ask(ann, NEW_PHONE, of=ids(await ann.get(LIST))[0])
    reply = await ann.post("/auth/code", data={"code": newest_code()})

    assert (reply.status_code, "It may belong to another one." in reply.text) == (422, True)
    assert NEW_PHONE not in (await ann.get(LIST)).text


async def test_a_code_changes_a_contact_once(ann: httpx.AsyncClient) -> None:
    """Class 9: of many requests with one code at once, one changes it, and one mail tells so."""
    await add(ann)
    await ask(ann, NEW_PHONE, of=ids(await ann.get(LIST))[0])
    code, before = newest_code(), len(inbox().messages())

    replies = await asyncio.gather(*(ann.post("/auth/code", data={"code": code}) for _ in range(4)))

    assert sorted("It was changed." in reply.text for reply in replies) == [False, False, False, True]
    assert len(inbox().messages()) == before + 1


async def test_a_code_changes_a_contact_once_where_the_core_only_checks(
    ann: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a core that is not ours does: it does not know what else is asked of it."""
    functions = PasswordlessRecipe.get().functions
    check_code: Any = functions.check_code

    async def only_check(*given: Any) -> Any:
        return await check_code(*given[:-1], {})

    monkeypatch.setattr(functions, "check_code", only_check)
    await add(ann)
    await signinup("public", None, NEW_PHONE, None)
    await ask(ann, NEW_PHONE, of=ids(await ann.get(LIST))[0])
    code = newest_code()
    refused = await ann.post("/auth/code", data={"code": code})

    again = await ann.post("/auth/code", data={"code": code})

    assert "It may belong to another one." in refused.text
    assert "Nothing has changed." in again.text


async def test_nobody_changes_what_is_somebody_elses(ann: httpx.AsyncClient) -> None:
    """Class 13: the id of a login method is no secret, and opens nothing."""
    await add(ann)
    of_ann = ids(await ann.get(LIST))
    async with open_again(ann) as bob:
        await bob.post("/auth/sign-up", data=BOB)

        asked = await ask(bob, NEW_PHONE, of=of_ann[0])
        await bob.post(f"{LIST}/remove", data={"method": of_ann[0]})

        assert asked.url.path == LIST
    assert ids(await ann.get(LIST)) == of_ann
    assert inbox().messages()[0].to == PHONE


async def test_a_fresh_factor_is_asked_for(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """Before anything is shown, sent, changed or taken away; also when the code comes late."""
    await ask(ann, PHONE)
    clock.turn(seconds=600)
    await ann.post("/auth/resend")
    clock.turn(seconds=600)

    late = await ann.post("/auth/code", data={"code": newest_code()})
    paths = {
        (await ann.request(method, path)).url.path
        for method, path in (
            ("GET", LIST),
            ("GET", f"{CONTACT}?channel=phone"),
            ("POST", CONTACT),
            ("POST", f"{LIST}/remove"),
            ("POST", CONNECT),
            ("GET", "/auth/settings/email"),
            ("POST", "/auth/settings/email"),
        )
    }

    assert {late.url.path, *paths} == {"/auth/password"}
    back = await ann.post("/auth/password", data={**hidden_fields(late), "password": ANN["password"]})
    assert back.url.path == LIST
    assert PHONE not in back.text


async def test_the_fresh_factor_leads_back_to_the_contact(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """To the one that was to be added or changed, and to what of its address the page knows."""
    await add(ann)
    changed = re.search(rf'href="({CONTACT}\?channel=phone&amp;of=[^"]+)"', (await ann.get(LIST)).text)
    assert changed is not None
    for page in (f"{CONTACT}?channel=email", unescape(changed[1])):
        clock.turn(seconds=1200)
        asked = await ann.get(f"{page}&more=//evil.example/")
        assert asked.url.path == "/auth/code"

        back = await ann.post("/auth/code", data={"code": newest_code()})

        assert (str(back.url), back.status_code) == (f"{ADDRESS}{page}", 200)


async def test_an_account_elsewhere_is_connected_and_taken_away(
    ann: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opens this account, until it is deleted, by one call: there is no moment in which it could be linked again."""
    monkeypatch.delattr(type(AccountLinkingRecipe.get().functions), "delete_user")
    assert "Connect The Shop" in (await ann.get(LIST)).text
    page = await connect(ann, "ann@shop.example")
    assert "The account is connected." in page.text
    assert "Connect The Shop" not in page.text
    assert "shop · ann@shop.example" in page.text

    reply = await take_away(ann)

    assert "It was removed." in reply.text
    assert "ann@shop.example" not in reply.text
    assert await list_users_by_account_info("public", AccountInfoInput(email="ann@shop.example")) == []


async def test_who_signed_in_with_it_is_signed_out(start: Start) -> None:
    """In every other browser; and the account that one signed in with stays while one uses it."""
    with_shop = [FactorIds.EMAILPASSWORD, FactorIds.THIRDPARTY]
    ann = await sign_up(start, None, thirdparty.init(PROVIDERS), first=with_shop)
    await connect(ann, "ann@shop.example")
    async with open_again(ann) as elsewhere:
        state = await leave(elsewhere)
        await come_back(elsewhere, state=state, code="ann@shop.example")
        page = await elsewhere.get(LIST)
        assert ANN["email"] in page.text
        own = ids(await ann.get(LIST))
        refused = await elsewhere.post(f"{LIST}/remove", data={"method": own[0]})
        assert "You are signed in with this one now." in refused.text

        await take_away(ann)

        assert (await elsewhere.get(LIST)).url.path == "/auth/sign-in"


async def test_an_account_of_somebody_else_is_refused(ann: httpx.AsyncClient) -> None:
    """It stays theirs."""
    await connect(ann, "ann@shop.example")
    async with open_again(ann) as bob:
        await bob.post("/auth/sign-up", data=BOB)

        reply = await connect(bob, "ann@shop.example")

        assert (reply.status_code, "It may belong to another one." in reply.text) == (422, True)
        assert "ann@shop.example" not in (await bob.get(LIST)).text


async def test_only_the_session_that_left_connects(ann: httpx.AsyncClient) -> None:
    """Class 39: coming back in another session connects nothing, nor does a cookie that somebody planted."""
    state = await leave_to_connect(ann)
    await sign_in_again(ann)

    reply = await come_back(ann, state=state, code="eve@shop.example")

    assert reply.status_code == 403
    assert "eve@shop.example" not in (await ann.get(LIST)).text
    async with open_again(ann) as bob:
        await leave_to_connect(ann)
        bob.cookies.set(PROVIDER_COOKIE_NAME, ann.cookies[PROVIDER_COOKIE_NAME])
        assert (await come_back(bob, state=state, code="x")).url.path == "/auth/sign-in"


async def test_refusing_at_the_provider_changes_nothing(ann: httpx.AsyncClient) -> None:
    """And the list says so."""
    state = await leave_to_connect(ann)

    reply = await come_back(ann, state=state, error="access_denied")

    assert "Nothing was connected." in reply.text


async def test_only_our_button_leads_to_the_provider(ann: httpx.AsyncClient) -> None:
    """Class 39: no address does, not after signing in either, and no other site's form: a neighbour's is another's."""
    await ann.post("/auth/sign-out")
    page = await ann.get("/auth/sign-in", params={"to": f"{CONNECT}?provider=shop"})
    signed_in = await ann.post("/auth/sign-in", data={**hidden_fields(page), **ANN})
    assert signed_in.url.path == LIST

    for site in ("cross-site", "same-site"):
        sent = await ann.post(CONNECT, data={"provider": "shop"}, headers={"sec-fetch-site": site})
        assert sent.status_code == 403

    assert (await ann.post(CONNECT, data={"provider": "nobody"})).url.path == LIST
    assert PROVIDER_COOKIE_NAME not in ann.cookies


async def test_the_last_way_in_stays(ann: httpx.AsyncClient) -> None:
    """A number that only a second step uses is no way in."""
    await add(ann)
    assert len(ids(await ann.get(LIST))) == 1  # not what one is signed in with
    (user,) = await list_users_by_account_info("public", AccountInfoInput(email=ANN["email"]))
    password = next(method for method in user.login_methods if method.recipe_id == "emailpassword")

    reply = await ann.post(f"{LIST}/remove", data={"method": password.recipe_user_id.get_as_string()})

    assert (reply.status_code, "You sign in with nothing else." in reply.text) == (422, True)


async def test_the_last_required_factor_stays(start: Start, clock: TurnableClock) -> None:
    """A number that codes are required from goes only when there is something else."""
    ann = await sign_up(start, [{"oneOf": [FactorIds.OTP_PHONE, FactorIds.TOTP]}])
    await ann.post("/auth/factor", data={"factor": "otp-phone", "phone": PHONE})
    await ann.post("/auth/code", data={"code": newest_code()})

    refused = await take_away(ann)
    await set_authenticator_up(ann, clock)
    reply = await take_away(ann)
    last = await ann.post("/auth/settings/authenticators/remove", data={"device": "My phone"})

    assert (refused.status_code, "This is your last second factor" in refused.text) == (422, True)
    assert "It was removed." in reply.text
    assert "This is your last second factor" in last.text


async def test_who_comes_back_late_gives_a_factor_first(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """And nothing is connected meanwhile."""
    state = await leave_to_connect(ann)
    clock.turn(seconds=1200)

    reply = await come_back(ann, state=state, code="ann@shop.example")

    assert reply.url.path == "/auth/password"
    page = await ann.post("/auth/password", data={**hidden_fields(reply), "password": ANN["password"]})
    assert page.url.path == LIST
    assert "ann@shop.example" not in page.text


async def test_the_first_one_may_go_too(start: Start) -> None:
    """The account stays, under its id, for who signs in in another way; also without multi-factor authentication."""
    ann = await start(
        session.init(),
        emailpassword.init(),
        thirdparty.init(PROVIDERS),
        accountlinking.init(should_do_automatic_account_linking=link_within_a_session),
        ui.init(home_path="/notes"),
    )
    await ann.post("/auth/sign-up", data=ANN)
    await connect(ann, "ann@shop.example")
    async with open_again(ann) as elsewhere:
        state = await leave(elsewhere)
        await come_back(elsewhere, state=state, code="ann@shop.example")

        page = await take_away(elsewhere)

        assert ANN["email"] not in page.text
        assert "shop · ann@shop.example" in page.text
    assert (await ann.get(LIST)).url.path == "/auth/sign-in"


async def test_the_core_refuses_what_a_race_left(ann: httpx.AsyncClient) -> None:
    """The page looks before; between its look and the removal another one may have been faster."""
    await add(ann)
    context: dict[str, object] = {}
    keep_way_in([FactorIds.WEBAUTHN], context)

    with pytest.raises(LastWayInError):
        await AccountLinkingRecipe.get().functions.unlink_account(RecipeUserId(ids(await ann.get(LIST))[0]), context)


async def test_without_a_policy_a_contact_is_changed_and_none_is_added(start: Start) -> None:
    """Nothing is linked then: what one signs in with may still move to another address."""
    contact = passwordless.ContactEmailOnlyConfig()
    ann = await start(session.init(), passwordless.init(contact, "USER_INPUT_CODE"), ui.init(home_path="/notes"))
    await ann.post("/auth/sign-in/code", data={"email": ANN["email"]})
    await ann.post("/auth/code", data={"code": newest_code()})
    link = re.search(rf'href="({CONTACT}[^"]+)"', (await ann.get(LIST)).text)
    assert link is not None
    form = await ann.get(unescape(link[1]))
    added = await ann.post(CONTACT, data={"channel": "email", "email": "ann@work.example"})
    unknown = await ann.get(f"{CONTACT}?channel=phone")

    await ann.post(CONTACT, data={**hidden_fields(form), "email": "ann@work.example"})
    reply = await ann.post("/auth/code", data={"code": newest_code()})

    assert (added.url.path, unknown.url.path) == (LIST, LIST)
    assert "ann@work.example" in reply.text
    assert ANN["email"] not in reply.text
    assert inbox().messages()[0].to == ANN["email"]


async def test_a_policy_that_does_not_link_is_said(start: Start) -> None:
    """In plain words, beside the field."""

    async def never(*_: object) -> ShouldNotAutomaticallyLink:
        return ShouldNotAutomaticallyLink()

    ann = await start(
        session.init(),
        emailpassword.init(),
        passwordless.init(passwordless.ContactEmailOrPhoneConfig(), "USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=never),
        ui.init(),
    )
    await ann.post("/auth/sign-up", data=ANN)

    reply = await ask(ann, PHONE)

    assert (reply.status_code, "This cannot be added to your account." in reply.text) == (422, True)
