# SPDX-License-Identifier: Apache-2.0
"""Functions of the trusted device recipe for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

trust_device = blocking(aio.trust_device)
recognise_device = blocking(aio.recognise_device)
list_devices = blocking(aio.list_devices)
remove_device = blocking(aio.remove_device)
remove_all_devices = blocking(aio.remove_all_devices)
