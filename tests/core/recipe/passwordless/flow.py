# SPDX-License-Identifier: Apache-2.0
"""A passwordless flow as the tests walk through it."""

from typing import Any

from tests.core.recipe.calls import post
from twofold.core.app import Core

Json = dict[str, Any]
EMAIL = "a@example.com"
RESTART = {"status": "RESTART_FLOW_ERROR"}


async def begin(core: Core, *, tenant_id: str = "public", **contact: str) -> Json:
    """Begin a flow, for EMAIL unless another contact is given."""
    return await post(core, "signinup/code", contact or {"email": EMAIL}, tenant_id=tenant_id)


async def resend(core: Core, flow: Json, **chosen: str) -> Json:
    """Another code for the flow."""
    return await post(core, "signinup/code", {"deviceId": flow["deviceId"], **chosen})


def typed(flow: Json, code: str | None = None) -> Json:
    """The body that sends a code: the right one unless another is given."""
    return {
        "preAuthSessionId": flow["preAuthSessionId"],
        "deviceId": flow["deviceId"],
        "userInputCode": flow["userInputCode"] if code is None else code,
    }


def followed(flow: Json) -> Json:
    """The body that sends the code of the link."""
    return {"preAuthSessionId": flow["preAuthSessionId"], "linkCode": flow["linkCode"]}


async def consume(core: Core, body: Json, *, tenant_id: str = "public") -> Json:
    """Use a code."""
    return await post(core, "signinup/code/consume", body, tenant_id=tenant_id)


async def check(core: Core, body: Json) -> Json:
    """Ask whether a code is right."""
    return await post(core, "signinup/code/check", body)


def incorrect(count: int, maximum: int = 5, *, status: str = "INCORRECT_USER_INPUT_CODE_ERROR") -> Json:
    """The answer to a wrong code."""
    return {"status": status, "failedCodeInputAttemptCount": count, "maximumCodeInputAttempts": maximum}


async def sign_in(core: Core, **contact: str) -> Json:
    """Sign in or up by a link, and answer what the core says."""
    return await consume(core, followed(await begin(core, **contact)))
