# SPDX-License-Identifier: Apache-2.0
"""Renders messages, and a page of a recipe's own: `<name>.html` with everything escaped, `<name>.txt` as it is.

A template marks its texts with `_("…")`, in English; the catalogues in `twofold/languages` translate them.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.languages import translations

if TYPE_CHECKING:
    from jinja2 import Environment


def mail_content(package: str, name: str, values: Mapping[str, str | None], language: str) -> EmailContent:
    """Write a mail in HTML and plain text, from the templates of this name.

    Args:
        package: the recipe's package.
        name: of both files, without their endings.
        values: what the templates name; among them `subject` and `to_email`.
        language: as `render` takes it.
    """
    subject, to_email = values["subject"] or "", values["to_email"] or ""
    content = EmailContent(render(package, f"{name}.html", values, language), subject, to_email, is_html=True)
    content.text = render(package, f"{name}.txt", values, language)
    content.language = language
    return content


def render(package: str, file_name: str, values: Mapping[str, object], language: str) -> str:
    """Fill a template of a package's folder `templates`; mails share the frame in our own folder.

    Args:
        package: the recipe's package, for example `twofold.recipe.passwordless`.
        file_name: with its ending, which decides about escaping.
        values: what the template names. A name that is missing is an error.
        language: one of `twofold.languages.LANGUAGES`.
    """
    return _environment(package, language).get_template(file_name).render(values, language=language).strip() + "\n"


@lru_cache(maxsize=32)
def _environment(package: str, language: str) -> "Environment":
    # Imported on first use: it takes long, every process starts, and few write messages.
    from jinja2 import (  # noqa: PLC0415  # see above
        ChoiceLoader,
        Environment,
        PackageLoader,
        StrictUndefined,
        select_autoescape,
    )

    environment = Environment(
        extensions=["jinja2.ext.i18n"],
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("twofold.ingredients")]),
        # A text must show an ampersand as it is; everything else is HTML, whatever its ending.
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    # "New style" fills placeholders itself, and escapes what it puts in wherever the template would.
    catalogue = translations(language)
    extended: Any = environment  # by the extension, with methods that its class does not name
    extended.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)
    return environment
