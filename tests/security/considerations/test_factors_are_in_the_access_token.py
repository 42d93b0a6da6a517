# SPDX-License-Identifier: Apache-2.0
"""Consideration: whether a user has completed all required factors is kept, and checked, in the access token."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from tests.security.considerations.application import is_open, refused_claim, site


async def test_attack_nobody_writes_the_claim_themselves() -> None:
    """Classes 14, 50: the thief, who has the password, writes into the token that all is done."""
    async with site(["totp"]) as here:
        await here.set_up_totp(await here.sign("signup"))
        thief = await here.sign("signin")
        header, payload, signature = thief.token("access").split(".")
        content = json.loads(urlsafe_b64decode(payload + "=="))
        content["st-mfa"] = {"c": {**content["st-mfa"]["c"], "totp": content["iat"]}, "v": True}
        forged = urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

        cookie = f"sAccessToken={header}.{forged}.{signature}"
        reply = await thief.http.get("/protected", headers={"cookie": cookie})

        assert reply.status_code == 401
        assert refused_claim(await thief.send("GET", "/protected")) == "st-mfa"


async def test_attack_the_token_of_before_the_factor_stays_closed() -> None:
    """Class 14: a token that was copied before the owner gave the code does not open anything afterwards.

    ASVS 7.2.4.
    """
    async with site(["totp"]) as here:
        secret = await here.set_up_totp(await here.sign("signup"))
        owner = await here.sign("signin")
        copied = owner.token("access")
        await owner.api("POST", "/totp/verify", {"totp": here.totp_code(secret)})

        reply = await owner.http.get("/protected", headers={"cookie": f"sAccessToken={copied}"})

        assert reply.status_code == 403
        assert await is_open(owner)


async def test_attack_the_token_of_before_cannot_be_made_newer() -> None:
    """Class 14: nor does it take the factor from the session, or bring it into a token of its own by asking."""
    async with site(["totp"]) as here:
        secret = await here.set_up_totp(await here.sign("signup"))
        owner = await here.sign("signin")
        thief = await here.sign("signin")
        thief.http.cookies = owner.http.cookies.__class__(owner.http.cookies)
        copied = owner.token("access")
        await owner.api("POST", "/totp/verify", {"totp": here.totp_code(secret)})
        await thief.http.put("/auth/mfa/info", headers={"cookie": f"sAccessToken={copied}"})

        await owner.api("POST", "/session/refresh")

        assert set(owner.payload()["st-mfa"]["c"]) == {"emailpassword", "totp"}
        assert await is_open(owner)


async def test_completed_factors_survive_a_refresh() -> None:
    """What was completed is in the successor, with the time at which it was."""
    async with site(["totp"]) as here:
        owner = await here.sign("signup")
        await here.set_up_totp(owner)
        before = owner.payload()["st-mfa"]

        await owner.api("POST", "/session/refresh")

        assert owner.payload()["st-mfa"] == before
        assert await is_open(owner)
