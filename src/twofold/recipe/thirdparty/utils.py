# SPDX-License-Identifier: Apache-2.0
"""Configuration of sign-in by other providers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.types.base import UserContext
from twofold.types.config import BaseOverrideConfig

from .provider import ProviderInput

if TYPE_CHECKING:
    from .interfaces import APIInterface, RecipeInterface

    ThirdPartyOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
else:
    ThirdPartyOverrideConfig = BaseOverrideConfig

InputOverrideConfig = ThirdPartyOverrideConfig
TypeIsValidFrontendRedirectURIFunction = Callable[[str, BaseRequest, UserContext], bool | Awaitable[bool]]


class SignInAndUpFeature:
    """The providers that are offered to every tenant without providers of its own.

    Raises:
        GeneralError: two have the same id.
    """

    def __init__(self, providers: list[ProviderInput] | None = None) -> None:
        self.providers = [] if providers is None else list(providers)
        ids = [provider.config.third_party_id for provider in self.providers]
        if len(set(ids)) != len(ids):
            raise GeneralError("The providers array has multiple entries for the same third party provider")


@dataclass(frozen=True)
class NormalisedThirdPartyConfig:
    """The configuration with its defaults filled in."""

    sign_in_and_up_feature: SignInAndUpFeature
    is_valid_frontend_redirect_uri: TypeIsValidFrontendRedirectURIFunction | None
