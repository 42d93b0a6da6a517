# SPDX-License-Identifier: Apache-2.0
"""Take pictures of every page, on a phone and a desktop, in light and dark: `scripts/preview_pages.py FOLDER [PAGE …]`.

No server and no database: the templates are rendered with made-up values, and the browser's requests are answered here.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Route, sync_playwright

from twofold.ui.messages import Messages
from twofold.ui.replies import SECURITY_HEADERS
from twofold.ui.static_files import StaticFiles
from twofold.ui.templates import Templates
from twofold.ui.urls import Urls

ORIGIN = "http://preview.localhost"
TEXT = Messages().text
STATIC = StaticFiles("/auth/static")
URLS = Urls.below("/auth", "/auth")
EXAMPLE = Path(__file__).parents[1] / "examples" / "harbour_notes" / "templates"
TEMPLATES = Templates(
    EXAMPLE,
    {"app_name": "Harbour Notes", "home": "/", "urls": URLS, "stylesheet": None, "inbox": None},
    STATIC,
    Messages(),
)
BOTH = {"password": True, "passwordless": True}
PASSWORD = {"password": True, "passwordless": False}
CODE = {
    "channel": "email", "takes_code": True, "takes_link": False, "masked_contact": "a•••n@example.com", "minutes": 10,
    "is_factor": True, "step": (2, 2), "inbox": "/auth/inbox",
}  # fmt: skip
MAIL = {
    "channel": "email",
    "recipient": "admin@example.com",
    "sent_at": datetime(2026, 11, 24, 19, 41, 7, tzinfo=UTC),
}
MESSAGES = [
    MAIL | {"number": 3, "subject": "Your code for Harbour Notes", "code": "482913", "link": None, "text": ""},
    MAIL
    | {
        "number": 2,
        "channel": "sms",
        "recipient": "+41791234567",
        "subject": "",
        "code": "771204",
        "link": None,
        "text": "",
    },
    MAIL | {"number": 1, "subject": "Reset your password", "code": None, "link": "http://localhost/x", "text": ""},
]
PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "sign_in": ("sign_in.html", {"offers_sign_up": True, "methods": PASSWORD}),
    "sign_in_both": (
        "sign_in.html",
        {"offers_sign_up": True, "methods": BOTH, "notice": TEXT("sign_in.needed"), "to": "/admin"},
    ),
    "sign_in_wrong": (
        "sign_in.html",
        {
            "methods": PASSWORD,
            "offers_sign_up": True,
            "errors": [{"field": "email", "text": TEXT("sign_in.wrong")}],
            "values": {"email": "ann@example.com"},
        },
    ),
    "sign_up": ("sign_up.html", {"extra_fields": []}),
    "sign_up_wrong": (
        "sign_up.html",
        {
            "extra_fields": [],
            "values": {"email": "ann@example"},
            "errors": [
                {"field": "email", "text": "Email is not valid"},
                {"field": "password", "text": "Password must contain at least 8 characters, including a number"},
            ],
        },
    ),
    "contact": (
        "contact.html",
        {"channel": "email", "methods": BOTH, "is_factor": False, "action": "/x", "other_channel": "/y"},
    ),
    "contact_phone": (
        "contact.html",
        {
            "channel": "phone",
            "methods": BOTH,
            "is_factor": True,
            "factor_id": "otp-phone",
            "action": "/x",
            "other_channel": None,
            "step": (2, 2),
        },
    ),
    "code": ("code.html", CODE),
    "code_resent": ("code.html", CODE | {"notice": TEXT("code.resent")}),
    "code_wrong": ("code.html", CODE | {"errors": [{"field": "code", "text": TEXT("code.wrong", tries=3)}]}),
    "code_first": ("code.html", CODE | {"is_factor": False, "takes_link": True, "step": None}),
    "choose": (
        "choose.html",
        {
            "step": (2, 2),
            "choices": [
                {"factor_id": "otp-email", "masked_contact": "a•••n@example.com"},
                {"factor_id": "otp-phone", "masked_contact": "+41•••••••67"},
            ],
        },
    ),
    "code_ended": (
        "code_ended.html",
        {
            "is_factor": True,
            "factor_id": "otp-email",
            "action": "/x",
            "step": (2, 2),
            "errors": [{"field": None, "text": TEXT("code.ended")}],
        },
    ),
    "link": ("link.html", {"tenant_id": "", "same_browser": False, "pre_auth_session_id": "x"}),
    "forgot": ("forgotten.html", {"what": "forgot", "action": "/x"}),
    "forgot_sent": ("forgotten.html", {"what": "forgot", "sent_to": "ann@example.com"}),
    "reset": ("reset_password.html", {"token": "x", "tenant_id": ""}),
    "sign_out": ("sign_out.html", {}),
    "denied": ("denied.html", {}),
    "inbox": ("inbox.html", {"messages": MESSAGES}),
    "inbox_empty": ("inbox.html", {"messages": []}),
    "home": (
        "home.html",
        {
            "email": "admin@example.com",
            "claims": {"st-mfa": {"c": {"emailpassword": 1, "otp-email": 1}}, "st-role": {"v": ["admin"]}},
        },
    ),
    "admin": ("admin.html", {}),
    "error": (
        "message.html",
        {
            "heading": TEXT("error.404.title"),
            "text": TEXT("error.404.text"),
            "action": {"href": "/", "label": TEXT("error.home")},
        },
    ),
}
SCREENS = {"phone": (390, 760, 2), "desktop": (1200, 860, 1)}
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]


def answer(route: Route) -> None:
    """Serve one page or static file of the preview."""
    path = urlsplit(route.request.url).path
    static_file = STATIC.find(path.rsplit("/", 1)[-1])
    if static_file is not None:
        route.fulfill(body=static_file.content, content_type=static_file.content_type)
        return
    template, values = PAGES[path.strip("/")]
    headers = {"content-type": "text/html; charset=utf-8", **SECURITY_HEADERS}
    route.fulfill(body=TEMPLATES.render(template, values), headers=headers)


def take_pictures(browser: Browser, folder: Path, names: list[str]) -> None:
    """Write `PAGE-SCREEN-SCHEME.png` for each page."""
    for screen, (width, height, scale) in SCREENS.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height}, device_scale_factor=scale, color_scheme=scheme
            )
            page = context.new_page()
            page.on("console", lambda message: print(message.text, file=sys.stderr))
            page.route("**/*", answer)
            for name in names:
                page.goto(f"{ORIGIN}/{name}" + ("#secret" if name == "link" else ""))
                if name == "code_first":
                    page.keyboard.type("482 913")
                page.screenshot(path=folder / f"{name}-{screen}-{scheme}.png", full_page=True)
            context.close()


def main() -> None:
    """Take the pictures that the command line asks for."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        arguments = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
        ]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        take_pictures(browser, folder, sys.argv[2:] or list(PAGES))
        browser.close()


if __name__ == "__main__":
    main()
