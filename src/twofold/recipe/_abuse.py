# SPDX-License-Identifier: Apache-2.0
"""Asks the core before a message is sent, or before a client is told whether somebody has an account.

A core that has no budgets, the incumbent's, limits nothing: then everything is allowed.
"""

from typing import Final, Literal

from twofold import _state
from twofold._client_network import network_field
from twofold._wire import Json
from twofold.exceptions import CoreError
from twofold.types.base import UserContext
from twofold.types.response import GeneralErrorResponse

TOO_MANY_MESSAGES: Final = "Too many messages were asked for. Please wait a few minutes and try again"
TOO_MANY_QUESTIONS: Final = "Too many requests. Please wait a minute and try again"
TOO_MANY_PASSWORDS: Final = (
    "Too many wrong passwords. Please wait some time and try again, reset your password, or sign in in another way"
)

_NOT_FOUND: Final = 404


async def refusal_of_message(
    tenant_id: str,
    user_context: UserContext,
    *,
    email: str | None = None,
    phone_number: str | None = None,
    user_id: str | None = None,
) -> GeneralErrorResponse | None:
    """Count a message that is to be sent; return what to answer when it must not be, and None when it may.

    Ask before anything is looked up: the answer is the same whether the address has an account or not.

    Args:
        email, phone_number: where it goes, one of the two.
        user_id: the user of the session in which it is asked for, if there is one.
    """
    message = {"email": email, "phoneNumber": phone_number, "userId": user_id}
    status = await _ask("/recipe/abuse/sending", tenant_id, message, user_context)
    return GeneralErrorResponse(TOO_MANY_MESSAGES) if status == "LIMIT_REACHED_ERROR" else None


async def refusal_of_question(
    tenant_id: str, user_context: UserContext
) -> GeneralErrorResponse | Literal["NOT_TOLD"] | None:
    """Count a question whether somebody has an account; None when it may be answered."""
    status = await _ask("/recipe/abuse/existence", tenant_id, {}, user_context)
    if status == "NOT_TOLD":
        return "NOT_TOLD"
    return GeneralErrorResponse(TOO_MANY_QUESTIONS) if status == "LIMIT_REACHED_ERROR" else None


async def _ask(path: str, tenant_id: str, body: Json, user_context: UserContext) -> str:
    given = {name: value for name, value in body.items() if value is not None} | network_field(user_context)
    try:
        answer = await _state.current_app().client.post(path, tenant_id, given, user_context)
    except CoreError as error:
        if error.status_code == _NOT_FOUND:
            return "OK"
        raise
    status: str = answer["status"]
    return status
