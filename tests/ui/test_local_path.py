# SPDX-License-Identifier: Apache-2.0
"""Attack class 45, open redirect: no address of another site gets through, however it is written."""

import pytest

from twofold.ui.local_path import MAXIMUM_LENGTH, local_path

ELSEWHERE = [
    "",
    "https://evil.example",
    "http:evil.example",
    "HTTPS:/evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/..",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/\x00/evil.example",
    "\x01//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\u00a0/evil.example",
    "/\u2028/evil.example",
    "/\u3000/evil.example",
    "/./evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/a/../..//evil.example",
    "/%2e//evil.example",
    "/%2E%2e//evil.example",
    "/a/%2e./b",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//",
    "data:text/html,x",
    "vbscript:x",
    "blob:x",
    "mailto:a@evil.example",
    "evil.example",
    "evil.example/admin",
    "@evil.example",
    ".evil.example",
    ":80@evil.example",
    "?to=/x",
    "#x",
    "/page#//evil.example",
    "/\ud800",
    "/" + "a" * MAXIMUM_LENGTH,
]
HERE = [
    ("/", "/"),
    ("/admin", "/admin"),
    ("/a/b/?c=d&e=f", "/a/b/?c=d&e=f"),
    ("/search?q=http://other.example", "/search?q=http://other.example"),
    ("/a%20b", "/a%20b"),
    ("/%2f%2fother.example", "/%2f%2fother.example"),
    ("/bücher", "/b%C3%BCcher"),
    ('/"><script>', "/%22%3E%3Cscript%3E"),
    ("/user@host", "/user@host"),
    ("/a//b", "/a//b"),
    ("/.well-known/x", "/.well-known/x"),
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_refuses_what_a_browser_could_read_as_another_site(address: str) -> None:
    """Each of these, in a `Location` header, could lead away or split the header."""
    assert local_path(address) is None


@pytest.mark.parametrize(("address", "path"), HERE)
def test_keeps_paths_of_this_site(address: str, path: str) -> None:
    """A path with its query is kept, in ASCII that is safe in a header and in HTML."""
    assert local_path(address) == path


def test_no_address_is_no_path() -> None:
    """Nothing given, nothing returned."""
    assert local_path(None) is None
