# SPDX-License-Identifier: Apache-2.0
"""Functions of the e-mail and password recipe for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

sign_up = blocking(aio.sign_up)
sign_in = blocking(aio.sign_in)
verify_credentials = blocking(aio.verify_credentials)
create_reset_password_token = blocking(aio.create_reset_password_token)
reset_password_using_token = blocking(aio.reset_password_using_token)
consume_password_reset_token = blocking(aio.consume_password_reset_token)
update_email_or_password = blocking(aio.update_email_or_password)
create_reset_password_link = blocking(aio.create_reset_password_link)
send_reset_password_email = blocking(aio.send_reset_password_email)
send_email = blocking(aio.send_email)
