# SPDX-License-Identifier: Apache-2.0
"""Blocking twins of `asyncio`."""

from twofold._sync import blocking

from . import asyncio as aio

get_user_by_id = blocking(aio.get_user_by_id)
get_users_by_email = blocking(aio.get_users_by_email)
get_user_by_third_party_info = blocking(aio.get_user_by_third_party_info)
thirdparty_manually_create_or_update_user = blocking(aio.thirdparty_manually_create_or_update_user)
thirdparty_get_provider = blocking(aio.thirdparty_get_provider)
emailpassword_sign_in = blocking(aio.emailpassword_sign_in)
emailpassword_sign_up = blocking(aio.emailpassword_sign_up)
create_reset_password_token = blocking(aio.create_reset_password_token)
create_reset_password_link = blocking(aio.create_reset_password_link)
send_reset_password_email = blocking(aio.send_reset_password_email)
reset_password_using_token = blocking(aio.reset_password_using_token)
update_email_or_password = blocking(aio.update_email_or_password)
send_email = blocking(aio.send_email)
