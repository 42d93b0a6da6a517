# SPDX-License-Identifier: Apache-2.0
"""Groups that are still to come."""

import pytest

from twofold.core.app import Core
from twofold.core.http import CoreASGI, HttpRequest


@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("POST", "/recipe/oauth/auth", b"Twofold does not have the OAuth2 provider yet\n"),
        ("GET", "/public/recipe/oauth/clients/list", b"Twofold does not have the OAuth2 provider yet\n"),
        ("PUT", "/public/recipe/saml/clients", b"Twofold does not have the SAML endpoints yet\n"),
        ("GET", "/.well-known/sp-metadata", b"Twofold does not have the SAML endpoints yet\n"),
    ],
)
async def test_what_is_not_there_yet_says_so(core: Core, method: str, path: str, text: bytes) -> None:
    """With a status of its own, whatever was sent: nobody looks for a mistake in their request."""
    reply = await CoreASGI(core).handle(HttpRequest(method, path, "", {}, b"SAMLResponse=x", "127.0.0.1"))

    assert (reply.status, reply.body) == (501, text)
