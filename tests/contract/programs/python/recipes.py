# SPDX-License-Identifier: Apache-2.0
"""What the documentation's samples of second factors have in common."""

from typing import Any

from application import collected_email
from supertokens_python.recipe import (
    accountlinking,
    emailpassword,
    multifactorauth,
    multitenancy,
    passwordless,
    session,
    thirdparty,
    usermetadata,
    userroles,
)
from supertokens_python.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from supertokens_python.recipe.multifactorauth.types import FactorIds


async def should_do_automatic_account_linking(
    new_account_info: Any, user: Any, session: Any, tenant_id: str, user_context: dict[str, Any]
) -> ShouldNotAutomaticallyLink | ShouldAutomaticallyLink:
    """Link only what comes with a session: an MFA flow."""
    if session is None:
        # We do not want to do first factor account linking by default.
        return ShouldNotAutomaticallyLink()
    if user is None or session.get_user_id() == user.id:
        # A session exists, and new_account_info is to be linked to its user.
        return ShouldAutomaticallyLink(should_require_verification=False)
    return ShouldNotAutomaticallyLink()


def recipes(passwordless_override: Any = None, multi_factor_override: Any = None) -> list[Any]:
    """Return the recipes, with a sample's own overrides for two of them."""
    return [
        session.init(),
        userroles.init(),
        usermetadata.init(),
        thirdparty.init(),
        emailpassword.init(),
        multitenancy.init(),
        passwordless.init(
            contact_config=passwordless.ContactEmailOnlyConfig(),
            flow_type="USER_INPUT_CODE",
            email_delivery=collected_email,
            override=passwordless_override,
        ),
        multifactorauth.init(
            first_factors=[FactorIds.EMAILPASSWORD, FactorIds.THIRDPARTY],
            override=multi_factor_override,
        ),
        accountlinking.init(should_do_automatic_account_linking=should_do_automatic_account_linking),
    ]
