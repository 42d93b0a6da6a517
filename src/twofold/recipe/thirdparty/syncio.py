# SPDX-License-Identifier: Apache-2.0
"""Functions of sign-in by other providers for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

manually_create_or_update_user = blocking(aio.manually_create_or_update_user)
get_provider = blocking(aio.get_provider)
