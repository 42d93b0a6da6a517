# SPDX-License-Identifier: Apache-2.0
"""What happened, in a sentence without its full stop: it is the subject of a mail, too."""

from twofold.languages import translated

from .types import Action, FactorChange


def _(text: str) -> str:
    """Mark a text for the catalogues."""
    return text


_SENTENCES: dict[tuple[Action, str], str] = {
    ("added", "totp"): _("An authenticator app was added to your account"),
    ("added", "webauthn"): _("A passkey was added to your account"),
    ("added", "recovery-code"): _("Recovery codes were made for your account"),
    ("added", "email"): _("An email address for codes was added to your account"),
    ("added", "phone"): _("A phone number for codes was added to your account"),
    ("added", "thirdparty"): _("An account elsewhere was connected with yours"),
    ("added", "password"): _("A password was added to your account"),
    ("changed", "email"): _("Your email address was changed"),
    ("changed", "phone"): _("Your phone number was changed"),
    ("changed", "password"): _("Your password was changed"),
    ("removed", "totp"): _("An authenticator app was removed from your account"),
    ("removed", "webauthn"): _("A passkey was removed from your account"),
    ("removed", "recovery-code"): _("The recovery codes of your account were removed"),
    ("removed", "email"): _("An email address for codes was removed from your account"),
    ("removed", "phone"): _("A phone number for codes was removed from your account"),
    ("removed", "thirdparty"): _("An account elsewhere was disconnected from yours"),
    ("removed", "password"): _("The password was removed from your account"),
}
_OF_OTHER_FACTORS: dict[Action, str] = {
    "added": _("A way to sign in was added to your account"),
    "changed": _("A way to sign in to your account was changed"),
    "removed": _("A way to sign in was removed from your account"),
}


def what_happened(change: FactorChange, language: str) -> str:
    """Return the sentence. It holds nothing that anybody typed."""
    known = _SENTENCES.get((change.action, change.factor), _OF_OTHER_FACTORS[change.action])
    return translated(known, language)
