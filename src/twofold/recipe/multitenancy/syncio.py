# SPDX-License-Identifier: Apache-2.0
"""Tenants for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

create_or_update_tenant = blocking(aio.create_or_update_tenant)
delete_tenant = blocking(aio.delete_tenant)
get_tenant = blocking(aio.get_tenant)
list_all_tenants = blocking(aio.list_all_tenants)
create_or_update_third_party_config = blocking(aio.create_or_update_third_party_config)
delete_third_party_config = blocking(aio.delete_third_party_config)
associate_user_to_tenant = blocking(aio.associate_user_to_tenant)
disassociate_user_from_tenant = blocking(aio.disassociate_user_from_tenant)
