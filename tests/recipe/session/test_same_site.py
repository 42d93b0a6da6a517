# SPDX-License-Identifier: Apache-2.0
"""Same site or not, as browsers see it."""

import pytest

from twofold.recipe.session.same_site import UnknownSite, registrable_domain, same_site_attribute

pytestmark = pytest.mark.without_core


@pytest.mark.parametrize(
    ("api", "website", "attribute"),
    [
        ("https://api.example.com", "https://example.com", "lax"),
        ("https://api.example.com:8443", "https://www.example.com", "lax"),
        ("https://api.example.co.uk", "https://www.example.co.uk", "lax"),
        ("https://api.example.co.uk", "https://other.co.uk", "none"),
        ("https://api.example.com", "https://example.org", "none"),
        ("https://api.example.com", "http://www.example.com", "none"),
        ("http://localhost:8000", "http://localhost:3000", "lax"),
        ("http://localhost:8000", "http://127.0.0.1:3000", "lax"),
        ("http://localhost.test:8000", "http://localhost:3000", "lax"),
        ("http://localhost:8000", "https://localhost:3000", "none"),
        ("http://localhost:8000", "http://example.com", "none"),
        ("https://alice.github.io", "https://bob.github.io", "none"),
        ("https://alice.github.io", "https://api.alice.github.io", "lax"),
        ("https://a.vercel.app", "https://b.vercel.app", "none"),
        ("https://evilexample.com", "https://example.com", "none"),
        ("https://example.com.evil.org", "https://example.com", "none"),
        ("http://[::1]:8000", "http://localhost:3000", "lax"),
    ],
)
def test_attribute(api: str, website: str, attribute: str) -> None:
    """Cookies are `lax` within one site and scheme, else `none`; customers of one host are different sites."""
    assert same_site_attribute(api, website) == attribute


def test_private_suffix_of_aws_stands_for_itself() -> None:
    """An application may be served under a bare name of AWS that is listed as a suffix."""
    host = "us-east-1.elb.amazonaws.com"

    assert registrable_domain(f"https://app.{host}").endswith("amazonaws.com")
    assert registrable_domain("https://s3.amazonaws.com") == "s3.amazonaws.com"


@pytest.mark.parametrize("origin", ["https://com", "https://co.uk", "https://github.io", "https://"])
def test_suffix_alone_is_no_site(origin: str) -> None:
    """A configuration that names no site is refused with a hint."""
    with pytest.raises(UnknownSite, match="apiDomain and websiteDomain"):
        registrable_domain(origin)
