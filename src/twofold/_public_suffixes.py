# SPDX-License-Identifier: Apache-2.0
"""The public suffix list: where a host name's registrable part begins. The network is never asked for it."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tldextract import TLDExtract


@cache
def public_suffix_list(*, with_private_part: bool = False) -> "TLDExtract":
    """Return the snapshot inside `tldextract`; with its private part, two customers of `github.io` are two sites."""
    # On first use: it brings an HTTP client of its own, a third of our start-up time, and on localhost nobody asks.
    from tldextract import TLDExtract  # noqa: PLC0415  # see above

    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=with_private_part)
