# SPDX-License-Identifier: Apache-2.0
"""Functions of the TOTP recipe for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

create_device = blocking(aio.create_device)
update_device = blocking(aio.update_device)
list_devices = blocking(aio.list_devices)
remove_device = blocking(aio.remove_device)
verify_device = blocking(aio.verify_device)
verify_totp = blocking(aio.verify_totp)
