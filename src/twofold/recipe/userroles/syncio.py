# SPDX-License-Identifier: Apache-2.0
"""Roles and permissions for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

add_role_to_user = blocking(aio.add_role_to_user)
remove_user_role = blocking(aio.remove_user_role)
get_roles_for_user = blocking(aio.get_roles_for_user)
get_users_that_have_role = blocking(aio.get_users_that_have_role)
create_new_role_or_add_permissions = blocking(aio.create_new_role_or_add_permissions)
get_permissions_for_role = blocking(aio.get_permissions_for_role)
remove_permissions_from_role = blocking(aio.remove_permissions_from_role)
get_roles_that_have_permission = blocking(aio.get_roles_that_have_permission)
delete_role = blocking(aio.delete_role)
get_all_roles = blocking(aio.get_all_roles)
