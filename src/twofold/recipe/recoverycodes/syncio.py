# SPDX-License-Identifier: Apache-2.0
"""Functions of the recovery code recipe for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

create_codes = blocking(aio.create_codes)
count_codes = blocking(aio.count_codes)
consume_code = blocking(aio.consume_code)
remove_codes = blocking(aio.remove_codes)
should_offer_codes = blocking(aio.should_offer_codes)
