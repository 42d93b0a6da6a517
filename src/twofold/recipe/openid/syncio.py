# SPDX-License-Identifier: Apache-2.0
"""The issuer's tokens for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

create_jwt = blocking(aio.create_jwt)
get_jwks = blocking(aio.get_jwks)
get_open_id_discovery_configuration = blocking(aio.get_open_id_discovery_configuration)
