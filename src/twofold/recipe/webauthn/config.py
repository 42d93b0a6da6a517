# SPDX-License-Identifier: Apache-2.0
"""Fills the defaults of the configuration in."""

from typing import Any
from urllib.parse import urlsplit

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.recipe.emailpassword.form_fields import validate_email

from .types.config import GetOrigin, GetRelyingPartyId, GetRelyingPartyName, NormalisedWebauthnConfig, WebauthnConfig


def normalised(app_info: AppInfo, given: WebauthnConfig) -> NormalisedWebauthnConfig:
    """Return the configuration with its defaults."""
    return NormalisedWebauthnConfig(
        _relying_party_id(app_info, given.get_relying_party_id),
        _relying_party_name(app_info, given.get_relying_party_name),
        given.get_origin or _website_of(app_info),
        given.validate_email_address or _validate_email_address,
        must_verify_user=app_info.assurance is not None,
    )


def _relying_party_id(app_info: AppInfo, given: str | GetRelyingPartyId | None) -> GetRelyingPartyId:
    if given is not None and not isinstance(given, str):
        return given
    fixed = given or urlsplit(app_info.api_domain.get_as_string_dangerous()).hostname or ""

    async def answer(**_: Any) -> str:
        return fixed

    return answer


def _relying_party_name(app_info: AppInfo, given: str | GetRelyingPartyName | None) -> GetRelyingPartyName:
    if given is not None and not isinstance(given, str):
        return given
    fixed = given or app_info.app_name

    async def answer(**_: Any) -> str:
        return fixed

    return answer


def _website_of(app_info: AppInfo) -> GetOrigin:
    async def answer(*, request: BaseRequest | None, user_context: dict[str, Any], **_: Any) -> str:
        return app_info.get_origin(request, user_context).get_as_string_dangerous()

    return answer


async def _validate_email_address(*, email: str, tenant_id: str, **_: Any) -> str | None:
    return await validate_email(email, tenant_id)
