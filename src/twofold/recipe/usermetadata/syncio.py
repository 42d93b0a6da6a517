# SPDX-License-Identifier: Apache-2.0
"""User metadata for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

get_user_metadata = blocking(aio.get_user_metadata)
update_user_metadata = blocking(aio.update_user_metadata)
clear_user_metadata = blocking(aio.clear_user_metadata)
