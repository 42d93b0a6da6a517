# SPDX-License-Identifier: Apache-2.0
"""Messages and questions: how many, to whom, for whom, and how an operator lifts what limits somebody."""

import asyncio
from typing import Any

import pytest

from tests.core.quick import quick_core
from tests.core.recipe.calls import MANY, create_tenant, post, rows
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.core.errors import BadRequest
from twofold.core.recipe.abuse.sending import IN_A_ROW

EMAIL = "a@example.com"
INTERVAL_SECONDS = Settings().send_interval_sec
REFUSED = "LIMIT_REACHED_ERROR"
HOUR_SECONDS = 3600


async def send(core: Core, tenant_id: str = "public", **message: str) -> str:
    """Ask for a message, to EMAIL unless something else is given, and answer the status."""
    body = message if {"email", "phoneNumber"} & set(message) else {"email": EMAIL, **message}
    status: str = (await post(core, "abuse/sending", body, tenant_id=tenant_id))["status"]
    return status


async def limit(core: Core, **settings: int | bool) -> None:
    """Change settings of the public tenant, all other limits on messages off."""
    off = {item: 0 for item in Settings.__dataclass_fields__ if item.startswith("send_limit")}
    body = {"tenantId": "public", "coreConfig": off | settings}
    await core.call("PUT", "/recipe/multitenancy/tenant/v2", body=body)


@pytest.fixture
async def core(database_url: str, clock: TurnableClock) -> Any:
    """A core whose public tenant can be configured."""
    started = quick_core(database_url, clock, base_config_modifiable=True)
    await started.start()
    yield started
    await started.stop()


async def test_messages_to_one_address_need_time(core: Core, clock: TurnableClock) -> None:
    """Attack class 24: three in a row, then one each interval, however the address is spelled and in which tenant."""
    await create_tenant(core, "t1")
    spellings = [(EMAIL, "public"), (" A@Example.com", "t1"), ("a@EXAMPLE.com", "public")]
    assert [await send(core, tenant, email=email) for email, tenant in spellings] == ["OK"] * IN_A_ROW

    answer = await post(core, "abuse/sending", {"email": EMAIL})
    assert answer["status"] == REFUSED
    assert 0 < answer["retryAfterMs"] <= INTERVAL_SECONDS * 1000
    clock.turn(seconds=INTERVAL_SECONDS)
    assert [await send(core), await send(core)] == ["OK", REFUSED]
    assert await send(core, email="b@example.com") == "OK"


@pytest.mark.parametrize(("setting", "period"), [("hour", 1), ("day", 24)])
async def test_messages_to_one_address_are_limited(core: Core, clock: TurnableClock, setting: str, period: int) -> None:
    """Attack class 24: so many an hour and a day."""
    await limit(core, **{f"send_limit_per_address_{setting}": 5})
    statuses = []
    for _ in range(6):
        clock.turn(seconds=INTERVAL_SECONDS)
        statuses.append(await send(core))

    assert statuses == ["OK"] * 5 + [REFUSED]
    clock.turn(seconds=period * HOUR_SECONDS / 5)
    assert await send(core) == "OK"


@pytest.mark.parametrize(
    ("setting", "messages", "elsewhere"),
    [
        ("account_day", {"userId": "ann"}, {"userId": "bob"}),
        ("network_hour", {"clientNetwork": "192.0.2.1"}, {"clientNetwork": "192.0.2.2"}),
        ("tenant_hour", {}, None),
    ],
)
async def test_messages_to_many_addresses_are_limited(
    core: Core, setting: str, messages: dict[str, str], elsewhere: dict[str, str] | None
) -> None:
    """Attack class 24: per account, per network and per tenant, whoever they go to."""
    await limit(core, **{f"send_limit_per_{setting}": 4})
    statuses = [await send(core, email=f"{number}@example.com", **messages) for number in range(5)]

    assert statuses == ["OK"] * 4 + [REFUSED]
    if elsewhere is not None:
        assert await send(core, **elsewhere) == "OK"


async def test_messages_to_one_country_are_limited(core: Core) -> None:
    """Attack class 24: nobody earns much from calls to expensive numbers; other countries are served."""
    await limit(core, send_limit_per_country_hour=4)
    statuses = [await send(core, phoneNumber=f"+3712000000{number}") for number in range(5)]

    assert statuses == ["OK"] * 4 + [REFUSED]
    assert await send(core, phoneNumber="+442079460958") == "OK"
    assert await send(core) == "OK"


async def test_messages_at_once_are_limited_like_messages_in_turn(core: Core) -> None:
    """Attack class 24: of a hundred at once three are sent."""
    statuses = await asyncio.gather(*(send(core) for _ in range(MANY)))

    assert statuses.count("OK") == IN_A_ROW


async def test_refused_message_takes_nothing(core: Core) -> None:
    """Whoever hammers on one address does not spend what a whole tenant may send."""
    await limit(core, send_limit_per_tenant_hour=10)
    for _ in range(20):
        await send(core)

    assert [await send(core, email=f"{n}@example.com") for n in range(8)] == ["OK"] * 7 + [REFUSED]


async def test_message_has_one_address(core: Core) -> None:
    """Neither none nor two."""
    for body in ({}, {"email": EMAIL, "phoneNumber": "+442079460958"}):
        with pytest.raises(BadRequest, match="exactly one of email or phoneNumber"):
            await post(core, "abuse/sending", body)


async def test_questions_are_limited_per_network(core: Core, clock: TurnableClock) -> None:
    """Attack class 34: nobody learns of many addresses in a short time who has an account."""
    await limit(core, existence_limit_per_network_minute=4)

    async def ask(network: str | None) -> str:
        status: str = (await post(core, "abuse/existence", {"clientNetwork": network}))["status"]
        return status

    assert [await ask("192.0.2.1") for _ in range(5)] == ["OK"] * 4 + [REFUSED]
    assert await ask("192.0.2.2") == await ask(None) == "OK"
    clock.turn(seconds=15)
    assert await ask("192.0.2.1") == "OK"


async def test_existence_can_be_kept_secret(core: Core) -> None:
    """Attack class 34: a tenant may choose to tell nobody."""
    await limit(core, tell_existence=False)

    assert await post(core, "abuse/existence", {}) == {"status": "NOT_TOLD"}


async def test_operator_lifts_every_limit_on_a_user(core: Core, clock: TurnableClock) -> None:
    """Passwords, codes, authenticator and messages; other users stay limited."""
    made = await post(core, "signup", {"email": EMAIL, "password": "password1"})
    user_id = made["recipeUserId"]
    await post(core, "totp/device/import", {"userId": user_id, "skew": 1, "period": 30, "secretKey": "ABCDEFGH"})
    for email in (EMAIL, "b@example.com"):
        await post(core, "signin", {"email": email, "password": "wrong"})
        await send(core, email=email)
    await post(core, "totp/verify", {"userId": user_id, "totp": "wrong"})
    before = await rows(core, "abuse_budgets")

    unlock = {"userId": user_id, "reason": "she called"}
    assert await post(core, "abuse/unlock", unlock) == {"status": "OK", "wasLimited": True}
    assert await post(core, "abuse/unlock", unlock) == {"status": "OK", "wasLimited": False}
    assert await post(core, "abuse/unlock", {"userId": "nobody"}) == {"status": "UNKNOWN_USER_ID_ERROR"}
    after = {row["subject"] for row in await rows(core, "abuse_budgets")}
    assert {row["subject"] for row in before} - after
    assert not [row for row in after if user_id in row]
    assert await rows(core, "totp_attempts") == []
    audited = [row for row in await rows(core, "audit_log") if row["action"] == "account.unlocked"]
    assert [(row["user_id"], row["reason"]) for row in audited] == [(user_id, "she called")]
