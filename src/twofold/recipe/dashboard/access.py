# SPDX-License-Identifier: Apache-2.0
"""Who may call which API of the dashboard: what the request itself says.

The key or the session is taken from the `Authorization` header alone, which no foreign page can make a browser send:
there is nothing to forge across sites.
"""

from hmac import compare_digest

from twofold.framework.request import BaseRequest
from twofold.normalised_url_path import without_trailing_slash

API = "/dashboard/api"
SIGN_IN, SIGN_OUT, ANALYTICS, VALIDATE_KEY = (
    f"{API}/signin",
    f"{API}/signout",
    f"{API}/analytics",
    f"{API}/key/validate",
)
UNLINK, PROVIDER = f"{API}/user/unlink", f"{API}/thirdparty/config"
_FOR_EVERYBODY_SIGNED_IN = (SIGN_OUT, ANALYTICS, VALIDATE_KEY)
# With these, a look at a provider makes this server send a request to an address of the caller's choice.
_NAMES_A_SERVER = ("oktaDomain", "boxyUrl")


def bearer(request: BaseRequest) -> str | None:
    """Return the key or the session's id that the request brings, or None."""
    scheme, _, value = (request.get_header("authorization") or "").partition(" ")
    return value.strip() or None if scheme.lower() == "bearer" else None


def is_key(given: str | None, expected: str) -> bool:
    """Tell whether the key is right; how long that takes says nothing about it."""
    return given is not None and compare_digest(given.encode(), expected.encode())


def is_for_admins(request: BaseRequest) -> bool:
    """Tell whether the request changes something, or does on a GET what only those should do who may change things."""
    path = without_trailing_slash(request.get_path())
    if request.method().upper() != "GET":
        return not path.endswith(_FOR_EVERYBODY_SIGNED_IN)
    if path.endswith(PROVIDER):
        return any(request.get_query_param(name) for name in _NAMES_A_SERVER)
    return path.endswith(UNLINK)
