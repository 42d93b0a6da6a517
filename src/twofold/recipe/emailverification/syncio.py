# SPDX-License-Identifier: Apache-2.0
"""Functions of e-mail verification for blocking code."""

from twofold._sync import blocking

from . import asyncio as aio

create_email_verification_token = blocking(aio.create_email_verification_token)
verify_email_using_token = blocking(aio.verify_email_using_token)
is_email_verified = blocking(aio.is_email_verified)
revoke_email_verification_tokens = blocking(aio.revoke_email_verification_tokens)
unverify_email = blocking(aio.unverify_email)
create_email_verification_link = blocking(aio.create_email_verification_link)
send_email_verification_email = blocking(aio.send_email_verification_email)
send_email = blocking(aio.send_email)
