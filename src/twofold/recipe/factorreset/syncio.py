# SPDX-License-Identifier: Apache-2.0
"""Support cases for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

reset_factors = blocking(aio.reset_factors)
find_reset = blocking(aio.find_reset)
cancel_reset = blocking(aio.cancel_reset)
