# SPDX-License-Identifier: Apache-2.0
"""Was a form sent from a page of this site? Against cross-site request forgery, beside `SameSite` cookies.

A browser says where a request comes from in headers that no page can change: `Sec-Fetch-Site` (Fetch Metadata), or
`Origin` where the connection is not trustworthy enough for the first (plain HTTP that is not loopback) or the browser
is old. A form needs no hidden token then, so it may lie in a tab for days and still be sent.
"""

from collections.abc import Collection

from twofold.framework.request import BaseRequest

_OUR_OWN = ("same-origin", "none")  # "none": typed, or opened from a bookmark


def is_same_origin(request: BaseRequest, own_origins: Collection[str]) -> bool:
    """Tell whether the request surely comes from one of `own_origins`, or from the very host it is sent to.

    A request with neither header is refused: no browser of the last years sends one.
    """
    site = request.get_header("sec-fetch-site")
    if site is not None:
        return site in _OUR_OWN
    origin = request.get_header("origin")
    if origin is None or "://" not in origin:  # "null" comes from sandboxed frames and is nobody's
        return False
    host = origin.partition("://")[2]
    return origin in own_origins or (host != "" and host == request.get_header("host"))
