# SPDX-License-Identifier: Apache-2.0
"""The one-time code, when things do not go smoothly."""

import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import ADMIN, Window, give_code, sign_in, wrong
from tests.flows.demo import Running

pytestmark = pytest.mark.needs_chromium

ELEVEN_MINUTES = 11 * 60


def test_a_wrong_code_says_how_many_tries_are_left(demo: Running, half_admin: Page) -> None:
    """Four wrong ones are counted down; the fifth ends the code, and the right one is refused from then on."""
    code = demo.newest_code()

    for left in ("4 tries left", "3 tries left", "2 tries left", "One try left"):
        give_code(half_admin, wrong(code))
        expect(half_admin.get_by_role("alert")).to_contain_text(left)
        expect(half_admin.get_by_label("One-time code")).to_be_focused()
    give_code(half_admin, wrong(code))

    expect(half_admin.get_by_role("heading", name="This code no longer works")).to_be_visible()
    expect(half_admin.get_by_label("One-time code")).to_have_count(0)


def test_after_five_wrong_codes_a_new_one_is_a_button_away(demo: Running, half_admin: Page) -> None:
    """Nobody is locked out, and the mail is sent because a person asked for it."""
    old = demo.newest_code()
    for _ in range(5):
        give_code(half_admin, wrong(old))
    sent = len(demo.app.inbox.messages())

    half_admin.get_by_role("button", name="Send a new code").click()

    assert len(demo.app.inbox.messages()) == sent + 1
    give_code(half_admin, demo.newest_code())
    expect(half_admin).to_have_url("/")


def test_a_code_that_came_too_late_says_so(demo: Running, half_admin: Page) -> None:
    """After ten minutes it has expired; a new one works."""
    demo.clock.turn(seconds=ELEVEN_MINUTES)

    give_code(half_admin, demo.newest_code())

    expect(half_admin.get_by_role("alert")).to_contain_text("expired")
    half_admin.get_by_role("button", name="send a new code").click()
    expect(half_admin.get_by_role("status")).to_contain_text("We sent you a new code")
    give_code(half_admin, demo.newest_code())
    expect(half_admin).to_have_url("/")


def test_a_code_can_be_sent_again(demo: Running, half_admin: Page) -> None:
    """The page stays, says so, and the new code works."""
    first = demo.newest_code()

    half_admin.get_by_role("button", name="send a new code").click()

    expect(half_admin.get_by_role("status")).to_contain_text("We sent you a new code")
    assert len(demo.app.inbox.messages()) == 2
    give_code(half_admin, demo.newest_code())
    expect(half_admin).to_have_url("/")
    assert first.isdigit()


def test_a_code_may_be_pasted_with_spaces(demo: Running, half_admin: Page) -> None:
    """As mail programs and people write it."""
    code = demo.newest_code()

    give_code(half_admin, f" {code[:3]} {code[3:]} ")

    expect(half_admin).to_have_url("/")


def test_no_code_at_all_asks_for_one(half_admin: Page) -> None:
    """An empty field costs no try."""
    half_admin.get_by_role("button", name="Continue").click()

    expect(half_admin.get_by_role("alert")).to_contain_text("Enter the code from the message.")


def test_cancelling_signs_out(half_admin: Page) -> None:
    """Back to the beginning: nothing is half signed in."""
    half_admin.get_by_role("button", name="Cancel and sign out").click()

    expect(half_admin.get_by_text("You are signed out.")).to_be_visible()
    half_admin.goto("/auth/code")
    expect(half_admin).to_have_url("/auth/sign-in")


def test_finishing_in_one_tab_is_no_error_in_the_other(demo: Running, half_admin: Page) -> None:
    """Whoever comes second is simply in."""
    other_tab = half_admin.context.new_page()
    other_tab.goto("/")
    code = demo.newest_code()

    give_code(half_admin, code)
    expect(half_admin).to_have_url("/")
    give_code(other_tab, code)

    expect(other_tab).to_have_url("/")


def test_opening_the_page_again_sends_no_second_message(demo: Running, half_admin: Page) -> None:
    """Reloading, a second tab and the back button must not flood a mailbox (attack class 24)."""
    for path in ("/", "/admin", "/auth/factor", "/auth/code"):
        half_admin.goto(path)

    assert len(demo.app.inbox.messages()) == 1


def test_one_code_does_not_let_another_session_in(demo: Running, half_admin: Page, window: Window) -> None:
    """Two devices are at the code; what was sent for one is not good for the other (attack class 14)."""
    first = demo.newest_code()
    thief = window().new_page()
    thief.goto("/auth/sign-in")
    sign_in(thief, ADMIN)
    expect(thief).to_have_url("/auth/code")
    second = demo.newest_code()

    give_code(thief, first if first != second else wrong(second))

    expect(thief.get_by_role("alert")).to_be_visible()


def test_the_address_is_shown_in_part_only(half_admin: Page) -> None:
    """Whoever knows the password does not learn the address."""
    expect(half_admin.get_by_text("a•••n@example.com")).to_be_visible()
    expect(half_admin.get_by_text(ADMIN)).to_have_count(0)


def test_the_back_button_after_the_code_leads_on(demo: Running, half_admin: Page) -> None:
    """The form is over; the browser shows no stale copy of it."""
    give_code(half_admin, demo.newest_code())
    expect(half_admin).to_have_url("/")

    half_admin.go_back()

    expect(half_admin).to_have_url("/")
