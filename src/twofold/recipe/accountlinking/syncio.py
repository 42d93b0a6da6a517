# SPDX-License-Identifier: Apache-2.0
"""Functions of account linking for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

create_primary_user_id_or_link_accounts = blocking(aio.create_primary_user_id_or_link_accounts)
get_primary_user_that_can_be_linked_to_recipe_user_id = blocking(
    aio.get_primary_user_that_can_be_linked_to_recipe_user_id
)
can_create_primary_user = blocking(aio.can_create_primary_user)
create_primary_user = blocking(aio.create_primary_user)
can_link_accounts = blocking(aio.can_link_accounts)
link_accounts = blocking(aio.link_accounts)
unlink_account = blocking(aio.unlink_account)
is_sign_up_allowed = blocking(aio.is_sign_up_allowed)
is_sign_in_allowed = blocking(aio.is_sign_in_allowed)
is_email_change_allowed = blocking(aio.is_email_change_allowed)
