# SPDX-License-Identifier: Apache-2.0
"""Verify access tokens in this process, with the core's public keys."""

from collections.abc import Callable
from hmac import compare_digest

from twofold.recipe.session.access_token import (
    AccessTokenVerifier,
    ParsedToken,
    TokenMalformed,
    TokenRefused,
    UnknownKeyId,
    parse,
)
from twofold.recipe.session.exceptions import raise_try_refresh_token_exception
from twofold.recipe.session.jwks import FetchJwks, KeySet

_KEY_KIND_CHANGED = "The access token doesn't match the use_dynamic_access_token_signing_key setting"
_ANTI_CSRF_MISSING = (
    "Provided antiCsrfToken is undefined. "
    "If you do not want anti-csrf check for this API, please set doAntiCsrfCheck to false for this API"
)
_ANTI_CSRF_WRONG = "anti-csrf check failed"


class LocalVerification:
    """Keys and verifier together.

    Args:
        fetch_jwks: Returns the core's JWKS document.
        clock_ms: Current time in milliseconds.
        jwks_refresh_interval_ms: Age from which keys are fetched again.
        uses_dynamic_key: Which kind of key tokens must be signed with: the rotating one, or the static one.
    """

    def __init__(
        self,
        fetch_jwks: FetchJwks,
        clock_ms: Callable[[], int],
        jwks_refresh_interval_ms: int,
        uses_dynamic_key: bool,
    ) -> None:
        self._keys = KeySet(fetch_jwks, clock_ms, jwks_refresh_interval_ms)
        self._verifier = AccessTokenVerifier(clock_ms)
        self._uses_dynamic_key = uses_dynamic_key

    def is_session_token(self, token: str) -> bool:
        """Say whether a text is a session token, valid or not; applications use bearer tokens of their own, too."""
        if self._verifier.knows(token):
            return True
        try:
            parse(token)
        except TokenMalformed:
            return False
        return True

    async def verify(self, access_token: str) -> ParsedToken:
        """Return the content of a token that is valid now.

        Raises:
            TokenMalformed: It is no session token.
            TryRefreshTokenError: It is not valid (any more).
        """
        keys = self._keys.fresh()
        try:
            parsed = await self._verified(access_token) if keys is None else self._verifier.verify(access_token, keys)
        except UnknownKeyId:
            parsed = await self._verified_with_new_keys(access_token)
        except TokenRefused as error:
            raise_try_refresh_token_exception(str(error))
        if parsed.is_signed_by_dynamic_key != self._uses_dynamic_key:
            raise_try_refresh_token_exception(_KEY_KIND_CHANGED)
        return parsed

    async def _verified(self, access_token: str) -> ParsedToken:
        parse(access_token)  # What is no token at all is not worth a call to the core.
        return self._verifier.verify(access_token, await self._keys.current())

    async def _verified_with_new_keys(self, access_token: str) -> ParsedToken:
        try:
            return self._verifier.verify(access_token, await self._keys.after_unknown_kid())
        except TokenRefused as error:
            raise_try_refresh_token_exception(str(error))


def check_anti_csrf_token(expected: str | None, given: str | None) -> None:
    """Require that the request echoes the token's anti-CSRF value.

    Raises:
        TryRefreshTokenError: It does not; a refresh brings a new value.
    """
    if given is None:
        raise_try_refresh_token_exception(_ANTI_CSRF_MISSING)
    if expected is None or not compare_digest(expected.encode(), given.encode()):
        raise_try_refresh_token_exception(_ANTI_CSRF_WRONG)
