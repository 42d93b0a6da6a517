# SPDX-License-Identifier: Apache-2.0
"""Tokens and keys for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

create_jwt = blocking(aio.create_jwt)
get_jwks = blocking(aio.get_jwks)
