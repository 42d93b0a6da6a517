# SPDX-License-Identifier: Apache-2.0
"""Whom a provider names: which field counts, which source, and when an address is verified."""

from typing import Any

import pytest

from twofold.exceptions import GeneralError
from twofold.recipe.thirdparty.exceptions import ProviderRefusedError
from twofold.recipe.thirdparty.provider import ProviderConfigForClient, UserFields, UserInfoMap
from twofold.recipe.thirdparty.providers import BUILT_IN
from twofold.recipe.thirdparty.providers.apple import AppleImpl
from twofold.recipe.thirdparty.providers.custom import get_supertokens_user_info_result_from_raw_user_info
from twofold.recipe.thirdparty.types import RawUserInfoFromProvider, UserInfo

pytestmark = pytest.mark.without_core

EMAIL = "eve@example.com"


def info(id_token: dict[str, Any], user_info: dict[str, Any], fields: UserInfoMap | None = None) -> UserInfo:
    """Work out who it is."""
    config = ProviderConfigForClient("client", user_info_map=fields)
    return get_supertokens_user_info_result_from_raw_user_info(config, RawUserInfoFromProvider(id_token, user_info))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        ("true", False),
        ("True", False),
        (False, False),
        ("false", False),
        (None, False),
        (1, False),
        ("1", False),
        ("yes", False),
        ({"verified": True}, False),
        ([True], False),
    ],
    ids=str,
)
def test_only_true_verifies(value: Any, expected: bool) -> None:
    """Attack class 27: an address counts as verified by `true`, and by nothing that merely looks like it."""
    answer = {"sub": "e", "email": EMAIL, "email_verified": value}

    emails = [info(answer, {}).email, info({}, answer).email]

    assert [email and email.is_verified for email in emails] == [expected, expected]


@pytest.mark.parametrize(("value", "expected"), [(True, True), ("true", True), ("false", False), ("True", False)])
def test_apple_writes_it_as_text(value: Any, expected: bool) -> None:
    """Attack class 27: Apple's documents allow the text "true", and Apple alone may say it so."""
    raw = RawUserInfoFromProvider({"sub": "e", "email": EMAIL, "email_verified": value}, {})
    config = ProviderConfigForClient("client")

    told = get_supertokens_user_info_result_from_raw_user_info(config, raw, text_is_true=AppleImpl.writes_true_as_text)

    assert told.email is not None
    assert told.email.is_verified is expected
    assert [kind for _, kind in BUILT_IN if kind.writes_true_as_text] == [AppleImpl]


def test_a_missing_verdict_does_not_verify() -> None:
    """Attack class 27: silence is not a promise."""
    email = info({"sub": "e", "email": EMAIL}, {}).email

    assert email is not None
    assert not email.is_verified


def test_a_verdict_about_another_address_does_not_verify() -> None:
    """What the user-info endpoint says of one address is not said of the one in the identity token."""
    email = info(
        {"sub": "e", "email": "victim@example.com"}, {"sub": "e", "email": EMAIL, "email_verified": True}
    ).email

    assert email is not None
    assert (email.id, email.is_verified) == ("victim@example.com", False)


def test_a_signed_no_is_not_overruled() -> None:
    """The identity token's verdict comes first."""
    email = info(
        {"sub": "e", "email": EMAIL, "email_verified": False}, {"sub": "e", "email": EMAIL, "email_verified": True}
    ).email

    assert email is not None
    assert not email.is_verified


def test_sources_about_two_people_are_refused() -> None:
    """An access token of one person with an identity token of another is an attack."""
    with pytest.raises(ProviderRefusedError):
        info({"sub": "eve"}, {"sub": "victim"})


def test_fields_may_be_elsewhere() -> None:
    """Configured paths reach into objects; numbers become text."""
    fields = UserInfoMap(UserFields(), UserFields("data.id", "data.mail", "data.ok"))

    found = info({}, {"data": {"id": 42, "mail": EMAIL, "ok": True}}, fields)

    assert (found.third_party_user_id, found.email and found.email.id) == ("42", EMAIL)


@pytest.mark.parametrize("answer", [{}, {"sub": ""}, {"sub": None}, {"sub": True}, {"sub": {"a": 1}}], ids=str)
def test_nobody_is_not_somebody(answer: dict[str, Any]) -> None:
    """An answer without an id is an error, never an account."""
    with pytest.raises(GeneralError, match="third party user id is missing"):
        info({}, answer)
