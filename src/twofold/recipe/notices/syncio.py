# SPDX-License-Identifier: Apache-2.0
"""Notices for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

tell_of_factor_change = blocking(aio.tell_of_factor_change)
