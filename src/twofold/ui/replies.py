# SPDX-License-Identifier: Apache-2.0
"""Fill a response as a page: security headers, HTML, redirects, files."""

from twofold.framework.response import BaseResponse
from twofold.ui.static_files import StaticFile

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers would then send forms with `Origin: null`, which is refused. No path leaves the page.
    "Referrer-Policy": "strict-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ONE_YEAR = "public, max-age=31536000, immutable"
FOUND, SEE_OTHER, SAME_METHOD = 302, 303, 307


def send_page(response: BaseResponse, status: int, html: str, language: str) -> BaseResponse:
    """Answer with HTML that only this browser may keep, and not even that one."""
    _set_security_headers(response)
    response.set_header("Content-Language", language)
    response.set_status_code(status)
    response.set_html_content(html)
    return response


def send_redirect(response: BaseResponse, path: str, status: int = SEE_OTHER) -> BaseResponse:
    """Send the browser to a path of this site. The caller has checked it: see `local_path`."""
    _set_security_headers(response)
    response.set_header("Location", path)
    response.set_status_code(status)
    response.set_html_content("")  # the first body wins: what else handles the same error may not add its own
    return response


def send_redirect_elsewhere(response: BaseResponse, url: str) -> BaseResponse:
    """Send the browser to the address of a provider, which the application has configured."""
    return send_redirect(response, url, FOUND)


def send_static_file(response: BaseResponse, file: StaticFile) -> BaseResponse:
    """Answer with a file that never changes under its address."""
    response.set_header("X-Content-Type-Options", "nosniff")
    response.set_header("Cache-Control", _ONE_YEAR)
    response.set_status_code(200)
    response.write_body(file.content, file.content_type)
    return response


def _set_security_headers(response: BaseResponse) -> None:
    for name, value in SECURITY_HEADERS.items():
        response.set_header(name, value)
    # The same address answers other clients with JSON, and other people in their language.
    response.set_header("Vary", "Accept, Accept-Language, Cookie, Sec-Fetch-Mode")
