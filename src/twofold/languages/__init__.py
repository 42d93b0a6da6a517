# SPDX-License-Identifier: Apache-2.0
"""In which language people are spoken to: mails, text messages and pages.

The texts are written in English where they are used; `<language>.po` beside this file translates them. The language is
the application's word, `user_context["language"]`, else what the browser asks for with `Accept-Language`, else English.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twofold._user_context import get_request_from_user_context

if TYPE_CHECKING:
    from babel.support import Translations

ENGLISH = "en"
LANGUAGES = (ENGLISH, "de", "fr", "es")
"""Every language there is; English is what all others fall back to."""
CONTEXT_KEY = "language"
FOLDER = Path(__file__).parent

_LONGEST_HEADER = 1000


def language_of(user_context: Mapping[str, Any] | None, offered: Sequence[str] = LANGUAGES) -> str:
    """Return the language for whoever this context's request came from.

    Args:
        user_context: `language` in it is a language tag of the application's choice, such as `de` or `fr-CH`. One that
            is not offered counts as none.
        offered: Language codes to choose from; the first one is for people who want none of them.
    """
    chosen = (user_context or {}).get(CONTEXT_KEY)
    if isinstance(chosen, str) and (found := _offered(chosen, offered)):
        return found
    request = get_request_from_user_context(dict(user_context or {}))
    return preferred_language(None if request is None else request.get_header("accept-language"), offered)


def preferred_language(accept_language: str | None, offered: Sequence[str] = LANGUAGES) -> str:
    """Return which of the offered languages an `Accept-Language` header prefers (RFC 9110, section 12.5.4).

    `de-CH` is content with `de` (RFC 4647, section 3.4). A header that is malformed in parts counts for the rest.
    """
    wishes: list[tuple[float, str]] = []
    for item in (accept_language or "")[:_LONGEST_HEADER].split(","):
        tag, _, parameter = item.partition(";")
        found = _offered(tag.strip(), offered)
        if found is not None:
            wishes.append((_weight(parameter), found))
    # Of equal weights the first one counts: max keeps it.
    weight, language = max(wishes, key=lambda wish: wish[0], default=(0.0, offered[0]))
    return language if weight > 0 else offered[0]


def translated(text: str, language: str) -> str:
    """Return an English text in a language. Text is a literal where this is called: catalogues are made from there."""
    return translations(language).gettext(text)


@lru_cache(maxsize=len(LANGUAGES))
def translations(language: str) -> "Translations":
    """Return the catalogue of a language. It is read once, from its source: nothing has to be compiled before."""
    # Imported on first use: every process starts, and few write to people.
    from babel.messages.mofile import write_mo  # noqa: PLC0415  # see above
    from babel.messages.pofile import read_po  # noqa: PLC0415  # see above
    from babel.support import Translations  # noqa: PLC0415  # see above

    if language == ENGLISH:
        return Translations()
    with (FOLDER / f"{language}.po").open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def _offered(tag: str, offered: Sequence[str]) -> str | None:
    primary = tag.replace("_", "-").partition("-")[0].lower()
    return primary if primary in offered else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
