# SPDX-License-Identifier: Apache-2.0
"""The paths of the pages, each in one place."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Urls:
    """The path of every page."""

    start: str
    sign_in: str
    sign_in_with_code: str
    sign_up: str
    factor: str
    code: str
    resend: str
    cancel: str
    link: str
    sign_out: str
    denied: str
    forgot_password: str
    reset_password: str
    inbox: str
    refresh: str
    static: str

    @staticmethod
    def below(website_base_path: str, api_base_path: str) -> "Urls":
        """Return the paths below the two base paths."""
        base = website_base_path
        return Urls(
            start=base or "/",
            sign_in=f"{base}/sign-in",
            sign_in_with_code=f"{base}/sign-in/code",
            sign_up=f"{base}/sign-up",
            factor=f"{base}/factor",
            code=f"{base}/code",
            resend=f"{base}/resend",
            cancel=f"{base}/cancel",
            # The last parts of these two are what links in messages say.
            link=f"{base}/verify",
            reset_password=f"{base}/reset-password",
            sign_out=f"{base}/sign-out",
            denied=f"{base}/denied",
            forgot_password=f"{base}/forgot-password",
            inbox=f"{base}/inbox",
            # The cookie with the refresh token is sent to this path and below, and nowhere else.
            refresh=f"{api_base_path}/session/refresh/page",
            static=f"{base}/static",
        )

    def owns(self, path: str) -> bool:
        """Tell whether this path, without a query, is one of our pages."""
        return any(getattr(self, field.name) == path for field in fields(self))
