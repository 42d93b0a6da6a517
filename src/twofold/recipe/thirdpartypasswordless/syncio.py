# SPDX-License-Identifier: Apache-2.0
"""Blocking twins of `asyncio`."""

from twofold._sync import blocking

from . import asyncio as aio

consume_code = blocking(aio.consume_code)
create_code = blocking(aio.create_code)
create_magic_link = blocking(aio.create_magic_link)
create_new_code_for_device = blocking(aio.create_new_code_for_device)
delete_email_for_passwordless_user = blocking(aio.delete_email_for_passwordless_user)
delete_phone_number_for_user = blocking(aio.delete_phone_number_for_user)
get_user_by_id = blocking(aio.get_user_by_id)
get_user_by_phone_number = blocking(aio.get_user_by_phone_number)
get_user_by_third_party_info = blocking(aio.get_user_by_third_party_info)
get_users_by_email = blocking(aio.get_users_by_email)
list_codes_by_device_id = blocking(aio.list_codes_by_device_id)
list_codes_by_email = blocking(aio.list_codes_by_email)
list_codes_by_phone_number = blocking(aio.list_codes_by_phone_number)
list_codes_by_pre_auth_session_id = blocking(aio.list_codes_by_pre_auth_session_id)
passwordless_signinup = blocking(aio.passwordless_signinup)
revoke_all_codes = blocking(aio.revoke_all_codes)
revoke_code = blocking(aio.revoke_code)
send_email = blocking(aio.send_email)
send_sms = blocking(aio.send_sms)
thirdparty_get_provider = blocking(aio.thirdparty_get_provider)
thirdparty_manually_create_or_update_user = blocking(aio.thirdparty_manually_create_or_update_user)
update_passwordless_user = blocking(aio.update_passwordless_user)
