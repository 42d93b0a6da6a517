# SPDX-License-Identifier: Apache-2.0
"""Every text that the pages show to people, by an id that never changes.

An id is `page.part`. Its text may contain `{placeholders}`; a translation keeps them. The translations are in
`twofold/languages`. An application changes single texts, or all of them, with
`ui.init(messages={"sign_in.title": "Hello again"})`.
"""

from collections.abc import Mapping

from twofold.languages import ENGLISH, translated
from twofold.recipe.emailpassword.apis import EMAIL_EXISTS
from twofold.recipe.emailpassword.form_fields import EMAIL_IS_NOT_VALID
from twofold.recipe.emailpassword.passwords import TOO_COMMON, TOO_LONG, TOO_SHORT
from twofold.recipe.passwordless.contact import EMAIL_IS_INVALID, PHONE_NUMBER_IS_INVALID

TEXTS: Mapping[str, str] = {
    # every page
    "page.title": "{title} · {app_name}",
    "page.title_with_error": "Error: {title} · {app_name}",
    "page.skip": "Skip to content",
    "page.home": "{app_name}, start page",
    "page.problem": "Please correct this:",
    "page.problems": "Please correct these:",
    "page.inbox_hint": "Development: messages are not sent but kept here.",
    "page.inbox_link": "Open the inbox",
    "page.step": "Step {step} of {steps}",
    # fields
    "field.email": "Email address",
    "field.phone": "Phone number",
    "field.phone_hint": "With country code, for example +41 79 123 45 67",
    "field.password": "Password",
    "field.new_password": "New password",
    "field.new_password_hint": "At least 8 characters. A few words in a row make a good one.",
    "field.code": "One-time code",
    "field.missing.email": "Enter your email address.",
    "field.missing.phone": "Enter your phone number.",
    "field.missing.password": "Enter a password.",
    "field.missing.other": "This is needed.",
    "field.reveal": "Show password",
    "field.conceal": "Hide password",
    # sign in
    "sign_in.title": "Sign in",
    "sign_in.lead": "Good to see you again.",
    "sign_in.submit": "Sign in",
    "sign_in.forgot": "Forgot your password?",
    "sign_in.no_account": "New here?",
    "sign_in.sign_up": "Create an account",
    "sign_in.or": "or",
    "sign_in.with_code": "Sign in without a password",
    "sign_in.with_password": "Sign in with a password",
    "sign_in.wrong": "The email address or the password is not right.",
    "sign_in.needed": "Please sign in to open that page.",
    "sign_in.signed_out": "You are signed out.",
    "sign_in.session_ended": "Your session has ended. Please sign in again.",
    "sign_in.stolen": "We ended this session because an old copy of it was used. Please sign in again.",
    "sign_in.password_changed": "Your password is changed. Sign in with the new one.",
    "sign_in.restart": "That sign-in took too long or was tried too often. Please start again.",
    "sign_in.unavailable_title": "There is no way to sign in here yet.",
    "sign_in.unavailable_text": "The application has no sign-in method that these pages can show.",
    # sign up
    "sign_up.title": "Create your account",
    "sign_up.lead": "An email address and a password are all it takes.",
    "sign_up.submit": "Create account",
    "sign_up.have_account": "Already have an account?",
    "sign_up.sign_in": "Sign in",
    # where to send the code
    "contact.email_title": "Sign in by email",
    "contact.email_lead": "We send you a message; no password needed.",
    "contact.phone_title": "Sign in by text message",
    "contact.phone_lead": "We send you a text message; no password needed.",
    "contact.factor_phone_title": "Add your phone number",
    "contact.factor_phone_lead": "Your account is protected by a code sent to your phone.",
    "contact.factor_email_title": "Add your email address",
    "contact.factor_email_lead": "Your account is protected by a code sent to your email.",
    "contact.submit": "Send code",
    "contact.use_email": "Use an email address instead",
    "contact.use_phone": "Use a phone number instead",
    "contact.cancel": "Cancel and sign out",
    # one-time code
    "code.email_title": "Check your email",
    "code.phone_title": "Check your phone",
    "code.sent_to": "We sent a code to",
    "code.minutes": "It works for {minutes} minutes.",
    "code.or_link": "You can also open the link in the message.",
    "code.link_sent_to": "We sent a sign-in link to",
    "code.link_minutes": "It works for {minutes} minutes. You can close this page.",
    "code.submit": "Continue",
    "code.nothing": "Nothing received? Look in your spam folder, or",
    "code.nothing_phone": "Nothing received? Wait a minute, or",
    "code.resend": "send a new code",
    "code.resend_link": "send a new link",
    "code.resent": "We sent you a new code.",
    "code.cancel": "Cancel and sign out",
    "code.back": "Back to sign-in",
    "code.wrong": "That code is not right. {tries} tries left.",
    "code.wrong_last": "That code is not right. One try left.",
    "code.expired": "That code has expired. Please send a new code.",
    "code.missing": "Enter the code from the message.",
    "code.ended_title": "This code no longer works",
    "code.ended": "It was tried too often, or it took too long.",
    "code.send_new": "Send a new code",
    # choice of a second factor
    "choose.title": "One more step",
    "choose.lead": "How should we check that it is you?",
    "choose.otp-email": "A code by email",
    "choose.otp-phone": "A code by text message",
    "choose.cancel": "Cancel and sign out",
    "factor.none_title": "This account needs another step",
    "factor.none_text": "It asks for a kind of check that these pages cannot show. Please contact support.",
    # magic link
    "link.title": "Almost there",
    "link.lead": "Press the button to sign in on this device.",
    "link.wait": "Signing you in …",
    "link.submit": "Sign in",
    "link.no_script": (
        "The last part of a sign-in link stays in your browser, so this page needs JavaScript. "
        "Please allow it for this page, or sign in another way."
    ),
    "link.broken": "This link is not complete. Please open it again from the message.",
    "link.used_title": "This link no longer works",
    "link.used_text": "It was used already, or it is too old. You can ask for a new one.",
    "link.again": "Back to sign-in",
    # forgotten password
    "forgot.title": "Reset your password",
    "forgot.lead": "Enter your email address and we send you a link.",
    "forgot.submit": "Send link",
    "forgot.back": "Back to sign-in",
    "forgot.sent_title": "Check your email",
    "forgot.sent": "If there is an account with the address",
    "forgot.sent_after": "a link to set a new password is on its way.",
    "reset.title": "Set a new password",
    "reset.lead": "Other devices will be signed out.",
    "reset.submit": "Set password",
    "reset.invalid_title": "This link no longer works",
    "reset.invalid_text": "It was used already, or it is too old. You can ask for a new one.",
    "reset.again": "Ask for a new link",
    # sign out, denied
    "sign_out.title": "Sign out?",
    "sign_out.lead": "You can sign in again at any time.",
    "sign_out.submit": "Sign out",
    "sign_out.stay": "Stay signed in",
    "denied.title": "You cannot open this page",
    "denied.lead": "You are signed in, but your account does not have access to it.",
    "denied.home": "Go to the start page",
    "denied.other": "Sign in with another account",
    # inbox
    "inbox.title": "Inbox",
    "inbox.lead": "Messages that would be sent to people. You see them because no delivery is set up.",
    "inbox.only_here": "Development only",
    "inbox.empty": "Nothing here yet.",
    "inbox.empty_text": "Sign in as someone who needs a code, and it appears here.",
    "inbox.to": "to",
    "inbox.email": "Email",
    "inbox.sms": "Text message",
    "inbox.code": "Code",
    "inbox.open_link": "Open link",
    "inbox.text": "Whole message",
    "inbox.reload": "Reload",
    # errors
    "error.400.title": "That did not work",
    "error.400.text": "The request was not complete. Please go back and try again.",
    "error.403.title": "That was refused",
    "error.403.text": "The form was not sent from this site. Please open the page again and send it from there.",
    "error.404.title": "There is no such page",
    "error.404.text": "Please check the address, or go on from the start page.",
    "error.405.title": "That did not work",
    "error.405.text": "This page cannot be used in that way.",
    "error.413.title": "That was too much",
    "error.413.text": "What you sent is larger than this page accepts.",
    "error.500.title": "Something went wrong",
    "error.500.text": "It is our fault, not yours. Please try again in a moment.",
    "error.home": "Go to the start page",
}

ANSWERS = (
    EMAIL_EXISTS,
    EMAIL_IS_INVALID,
    EMAIL_IS_NOT_VALID,
    PHONE_NUMBER_IS_INVALID,
    TOO_COMMON,
    TOO_LONG,
    TOO_SHORT,
)
"""What APIs say about fields, in English. Pages translate it; what an application says they show as it is."""


class Messages:
    """The texts of one application: ours in every language, and its own, which are the same in all of them."""

    def __init__(self, own_texts: Mapping[str, str] | None = None) -> None:
        unknown = sorted(set(own_texts or {}) - set(TEXTS))
        if unknown:
            raise ValueError(
                f"ui.init: messages has unknown ids: {', '.join(unknown)}. They are listed in twofold.ui.messages."
            )
        self._own_texts = dict(own_texts or {})

    def text(self, message_id: str, language: str = ENGLISH, /, **values: object) -> str:
        """Return the text of `message_id` with its placeholders filled; an id that does not exist raises `KeyError`."""
        text = self._own_texts.get(message_id) or translated(TEXTS[message_id], language)
        return text.format(**values)
