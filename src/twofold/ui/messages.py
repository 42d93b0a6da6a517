# SPDX-License-Identifier: Apache-2.0
"""What the pages say to people, in their language: texts by their ids, and what APIs answer."""

from collections.abc import Mapping

from twofold.languages import ENGLISH, translated
from twofold.recipe._abuse import TOO_MANY_MESSAGES, TOO_MANY_PASSWORDS, TOO_MANY_QUESTIONS
from twofold.recipe._keeping import IS_IN_USE, IS_THE_LAST, IS_THE_LAST_WAY_IN
from twofold.recipe.emailpassword.apis import EMAIL_EXISTS
from twofold.recipe.emailpassword.form_fields import EMAIL_IS_NOT_VALID
from twofold.recipe.emailpassword.passwords import TOO_COMMON, TOO_LONG, TOO_SHORT
from twofold.recipe.passwordless.contact import EMAIL_IS_INVALID, PHONE_NUMBER_IS_INVALID
from twofold.ui.texts import TEXTS

ANSWERS = (
    EMAIL_EXISTS,
    EMAIL_IS_INVALID,
    EMAIL_IS_NOT_VALID,
    IS_IN_USE,
    IS_THE_LAST,
    IS_THE_LAST_WAY_IN,
    PHONE_NUMBER_IS_INVALID,
    TOO_COMMON,
    TOO_LONG,
    TOO_MANY_MESSAGES,
    TOO_MANY_PASSWORDS,
    TOO_MANY_QUESTIONS,
    TOO_SHORT,
)
"""What APIs say to people, in English. Pages translate it; what an application says they show as it is."""


class Messages:
    """The texts of one application: ours in every language, and its own, which are the same in all of them."""

    def __init__(self, own_texts: Mapping[str, str] | None = None) -> None:
        unknown = sorted(set(own_texts or {}) - set(TEXTS))
        if unknown:
            raise ValueError(
                f"ui.init: messages has unknown ids: {', '.join(unknown)}. They are listed in twofold.ui.texts."
            )
        self._own_texts = dict(own_texts or {})

    def text(self, message_id: str, language: str = ENGLISH, /, **values: object) -> str:
        """Return the text of `message_id` with its placeholders filled; an id that does not exist raises `KeyError`."""
        text = self._own_texts.get(message_id) or translated(TEXTS[message_id], language)
        return text.format(**values)
