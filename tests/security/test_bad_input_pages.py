# SPDX-License-Identifier: Apache-2.0
"""Bad input to the pages, and in headers: never a 5xx, nobody led away, nothing that another site can send."""

from urllib.parse import quote

import httpx
import pytest

from tests.security.application import ADMIN, NAVIGATION, PASSWORD, World
from tests.security.bad_values import BODIES, STRINGS
from tests.security.doors import PAGES

HEADERS = (
    "rid",
    "fdi-version",
    "st-auth-mode",
    "anti-csrf",
    "authorization",
    "cookie",
    "origin",
    "host",
    "accept",
    "x-forwarded-host",
    "x-forwarded-for",
    "forwarded",
    "content-type",
    "sec-fetch-site",
    "user-agent",
)


@pytest.mark.parametrize("header", HEADERS)
async def test_each_hostile_header(quick_world: World, header: str) -> None:
    """Headers with control characters, of any length, in any encoding: no 5xx, and nothing comes back in a header."""
    person = quick_world.person("header")
    values = [value.encode("utf-8", "surrogatepass")[:30_000] for value in STRINGS]
    cookies = [b"sAccessToken=" + value for value in values] + [b"twofold_flow=" + value for value in values]
    values += cookies if header == "cookie" else [b"Bearer " + value for value in values]
    for value in values:
        for method, path in (
            ("GET", "/protected"),
            ("POST", "/auth/signin"),
            ("PUT", "/auth/mfa/info"),
            ("POST", "/auth/session/refresh"),
            ("GET", "/auth/code"),
            ("GET", "/auth/sign-in"),
        ):
            sent = {header.encode(): value}
            if path in ("/auth/code", "/auth/sign-in"):
                sent = {b"accept": b"text/html", **sent}
            request = person.http.build_request(method, path, headers=sent)
            reply = await person.http.send(request)
            assert reply.status_code < 500, f"{method} {path} {header}: {value!r} → {reply.text[:200]}"
            no_injection(reply)


def no_injection(reply: httpx.Response) -> None:
    """No header came from what was sent, and none is two."""
    assert "x-injected" not in reply.headers
    for name, value in reply.headers.raw:
        assert b"\r" not in value and b"\n" not in value, name  # noqa: PT018  # one thing, in two spellings
        assert b"evil.example" not in value, name


LEADING_AWAY = [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "/%0d%0aX-Injected:%201",
    "/\r\nX-Injected: 1",
    "javascript:alert(1)//evil.example",
    "/\t/evil.example",
    "\x01//evil.example",
    "/..//evil.example",
    "/%2e%2e//evil.example",
    "http:evil.example",
    "/\u2028/evil.example",
    "@evil.example",
    "?to=//evil.example",
]


@pytest.mark.parametrize("name", [name for name in PAGES if "…" not in name])
async def test_each_page_with_hostile_fields(quick_world: World, name: str) -> None:
    """Classes 45, 48: every page, every field: no 5xx, no foreign redirect, nothing of it unescaped on the page."""
    method, path = name.split(" ")
    half = await quick_world.half_admin()
    for person in (quick_world.person(), half):
        for value in [*STRINGS, *LEADING_AWAY]:
            fields = dict.fromkeys(
                (
                    "to",
                    "email",
                    "password",
                    "phone",
                    "code",
                    "factor",
                    "tenant_id",
                    "token",
                    "link_code",
                    "notice",
                    "pre_auth_session_id",
                    "preAuthSessionId",
                    "tenantId",
                    "channel",
                    "new",
                ),
                value[:300],
            )
            query = f"?to={quote(value[:1000])}&notice={quote(value[:1000])}"
            reply = await person.page(method, path + query if method == "POST" else path, fields)
            shown = f"{name} {value[:80]!r}: {reply.status_code}"
            assert reply.status_code < 500, f"{shown} {reply.text[:500]}"
            no_injection(reply)
            location = reply.headers.get("location", "/")
            assert location.startswith("/"), shown
            assert not location.startswith(("//", "/\\")), shown
            assert "<script>alert" not in reply.text, shown
    assert path == "/auth/sign-out" or half.payload()["st-mfa"]["v"] is False


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("POST")])
async def test_each_form_with_a_malformed_body(quick_world: World, name: str) -> None:
    """Bytes that are no form are a page that says so."""
    path = name.split(" ")[1]
    person = await quick_world.half_admin()
    for body in BODIES.values():
        for kind in ("application/x-www-form-urlencoded", "application/json", "multipart/form-data"):
            reply = await person.http.post(path, content=body, headers={**NAVIGATION, "content-type": kind})
            assert reply.status_code < 500, f"{name} {body[:50]!r} → {reply.status_code}"


# No cookie gives these any right: what they do, they do for who has the secret that was mailed.
BY_SECRET_ALONE = {"POST /auth/factor-reset/object"}


async def test_form_from_another_site_is_refused(quick_world: World) -> None:
    """Class 39: no form of another site does anything, with the cookies of a person who is signed in."""
    half = await quick_world.half_admin()
    for name in PAGES:
        method, path = name.split(" ")
        if method != "POST" or name in BY_SECRET_ALONE:
            continue
        for headers in (
            {"accept": "text/html", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
            {"accept": "text/html", "sec-fetch-site": "same-site"},
            {"accept": "text/html", "origin": "https://evil.example"},
            {"accept": "text/html", "origin": "null"},
            {"accept": "text/html"},
        ):
            reply = await half.http.post(path, data={"email": ADMIN, "password": PASSWORD}, headers=headers)
            assert reply.status_code == 403, f"{name} {headers}"
            assert "set-cookie" not in reply.headers


async def test_links_come_from_configuration_alone(quick_world: World) -> None:
    """Class 31: whatever Host and X-Forwarded headers say, links in mails name the configured website."""
    await quick_world.half_admin()
    evil = {
        "host": "evil.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "forwarded": "host=evil.example",
        "origin": "https://evil.example",
        "referer": "https://evil.example/x",
        "x-original-host": "evil.example",
        "x-forwarded-prefix": "//evil.example",
    }
    outbox = quick_world.under_test.outbox
    for number, (name, value) in enumerate(
        [*evil.items(), ("x-forwarded-host", "localhost:8000@evil.example"), ("host", "")]
    ):
        quick_world.under_test.clock.turn(seconds=3 * 3600)  # one address gets only so many messages an hour
        ann, new = f"ann{number}@example.com", f"new{number}@example.com"
        await quick_world.account(ann)
        person = quick_world.person()
        await person.sign_in(ADMIN)
        outbox.clear()
        form = {"formFields": [{"id": "email", "value": ann}]}
        await quick_world.person("header").api("POST", "/user/password/reset/token", form, **{name: value})
        body = {"email": new, "shouldTryLinkingWithSessionUser": False}
        await quick_world.person("header").api("POST", "/signinup/code", body, **{name: value})
        await person.api("POST", "/user/email/verify/token", {}, **{name: value})

        for address in (ann, new, ADMIN):
            assert outbox.link(address).startswith("http://localhost:8000/auth/"), f"{name}: {value}"
        assert all("evil.example" not in (message.html or "") + message.text for message in outbox.messages())


async def test_mail_headers_cannot_be_injected(quick_world: World) -> None:
    """Class 29: no mail goes to an address with line breaks, or to two addresses."""
    for value in STRINGS:
        for body in ({"email": value}, {"phoneNumber": value}):
            await quick_world.person("header").api(
                "POST", "/signinup/code", {**body, "shouldTryLinkingWithSessionUser": False}
            )

    assert quick_world.under_test.outbox.messages() == []
