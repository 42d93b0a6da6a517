# SPDX-License-Identifier: Apache-2.0
"""Users for blocking code; see `twofold.asyncio`."""

from twofold import asyncio as aio
from twofold._sync import blocking

get_users_oldest_first = blocking(aio.get_users_oldest_first)
get_users_newest_first = blocking(aio.get_users_newest_first)
get_user_count = blocking(aio.get_user_count)
get_user = blocking(aio.get_user)
list_users_by_account_info = blocking(aio.list_users_by_account_info)
delete_user = blocking(aio.delete_user)
create_user_id_mapping = blocking(aio.create_user_id_mapping)
get_user_id_mapping = blocking(aio.get_user_id_mapping)
delete_user_id_mapping = blocking(aio.delete_user_id_mapping)
update_or_delete_user_id_mapping_info = blocking(aio.update_or_delete_user_id_mapping_info)
get_available_first_factors = blocking(aio.get_available_first_factors)
