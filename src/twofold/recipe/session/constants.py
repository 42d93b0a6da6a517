# SPDX-License-Identifier: Apache-2.0
"""Names that sessions have on the wire: paths, cookies, headers, and the claims that belong to the core."""

from typing import Final, Literal

TokenType = Literal["access", "refresh"]
TokenTransferMethod = Literal["cookie", "header"]
AllowedTransferMethod = Literal["cookie", "header", "any"]
SameSite = Literal["lax", "strict", "none"]
AntiCsrfMode = Literal["VIA_TOKEN", "VIA_CUSTOM_HEADER", "NONE"]

SESSION_REFRESH: Final = "/session/refresh"
SIGNOUT: Final = "/signout"

ACCESS_TOKEN_COOKIE_KEY: Final = "sAccessToken"
REFRESH_TOKEN_COOKIE_KEY: Final = "sRefreshToken"
LEGACY_ID_REFRESH_TOKEN_COOKIE_NAME: Final = "sIdRefreshToken"

FRONT_TOKEN_HEADER_SET_KEY: Final = "front-token"
ANTI_CSRF_HEADER_KEY: Final = "anti-csrf"
RID_HEADER_KEY: Final = "rid"
AUTH_MODE_HEADER_KEY: Final = "st-auth-mode"
AUTHORIZATION_HEADER_KEY: Final = "authorization"
ACCESS_TOKEN_HEADER_KEY: Final = "st-access-token"
REFRESH_TOKEN_HEADER_KEY: Final = "st-refresh-token"
ACCESS_CONTROL_EXPOSE_HEADERS: Final = "Access-Control-Expose-Headers"

ONE_YEAR_IN_MS: Final = 31_536_000_000
DEFAULT_TENANT_ID: Final = "public"

available_token_transfer_methods: Final[tuple[TokenTransferMethod, ...]] = ("cookie", "header")

# The core writes these itself and refuses a payload that has them; `stt` tells OAuth2 tokens from session tokens.
protected_props: Final = (
    "sub",
    "iat",
    "exp",
    "sessionHandle",
    "parentRefreshTokenHash1",
    "refreshTokenHash1",
    "antiCsrfToken",
    "rsub",
    "tId",
    "stt",
)
