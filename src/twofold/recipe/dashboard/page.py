# SPDX-License-Identifier: Apache-2.0
"""The page that says where the API is. It runs nothing, loads nothing and shows nobody's data: everybody may see it."""

from twofold.framework.response import BaseResponse
from twofold.recipe._api import Declaration

from .access import API
from .types import APIOptions

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def set_headers(response: BaseResponse) -> None:
    """Let a browser do nothing with the page but show it."""
    for name, value in _HEADERS.items():
        response.set_header(name, value)


def html_of(options: APIOptions, declarations: list[Declaration]) -> str:
    """Return the page's HTML."""
    # Imported on first use: it takes long, every process starts, and few look at this page.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  # see above

    environment = Environment(
        loader=PackageLoader("twofold.recipe.dashboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    info = options.app_info
    address = info.api_domain.get_as_string_dangerous() + info.api_base_path.get_as_string_dangerous()
    return environment.get_template("page.html").render(
        app_name=info.app_name,
        api=address + API,
        auth_mode=options.config.auth_mode,
        endpoints=sorted((item.path.removeprefix(API), item.method) for item in declarations),
    )
