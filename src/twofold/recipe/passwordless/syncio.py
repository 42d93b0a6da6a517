# SPDX-License-Identifier: Apache-2.0
"""Functions of the passwordless recipe for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

create_code = blocking(aio.create_code)
create_new_code_for_device = blocking(aio.create_new_code_for_device)
consume_code = blocking(aio.consume_code)
check_code = blocking(aio.check_code)
update_user = blocking(aio.update_user)
delete_email_for_user = blocking(aio.delete_email_for_user)
delete_phone_number_for_user = blocking(aio.delete_phone_number_for_user)
revoke_all_codes = blocking(aio.revoke_all_codes)
revoke_code = blocking(aio.revoke_code)
list_codes_by_email = blocking(aio.list_codes_by_email)
list_codes_by_phone_number = blocking(aio.list_codes_by_phone_number)
list_codes_by_device_id = blocking(aio.list_codes_by_device_id)
list_codes_by_pre_auth_session_id = blocking(aio.list_codes_by_pre_auth_session_id)
create_magic_link = blocking(aio.create_magic_link)
signinup = blocking(aio.signinup)
send_email = blocking(aio.send_email)
send_sms = blocking(aio.send_sms)
