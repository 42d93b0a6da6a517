# SPDX-License-Identifier: Apache-2.0
"""Brings src/twofold/languages/*.po up to date with the English texts: new ones are empty there, old ones are gone.

Run by `make catalogues`. Then translate what is empty; a test finds what was forgotten.
"""

from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from twofold.languages import ENGLISH, FOLDER, LANGUAGES
from twofold.ui.messages import ANSWERS
from twofold.ui.settings.texts import SETTINGS
from twofold.ui.texts import TEXTS

PACKAGE = FOLDER.parent
METHODS = [
    ("ingredients/templates/*.*", "jinja2"),
    ("recipe/*/templates/*.*", "jinja2"),
    ("recipe/**.py", "python"),
]
KEYWORDS = {"_": None, "translated": (1,)}
PAGES, PAGES_OF_SETTINGS, ANSWERS_OF_APIS = "ui/texts.py", "ui/settings/texts.py", "ui/messages.py"
# Without a header and line numbers: they would change with every run.
FORM: dict[str, Any] = {
    "width": 120,
    "omit_header": True,
    "sort_output": True,
    "ignore_obsolete": True,
    "include_lineno": False,
}


def extracted() -> Catalog:
    """Return every text that there is to translate, with the files that it is in."""
    catalogue = Catalog()
    for file_name, _, text, comments, _ in extract_from_dir(PACKAGE, METHODS, keywords=KEYWORDS):
        catalogue.add(text, locations=[(Path(file_name).as_posix(), 0)], auto_comments=comments)
    for message_id, text in TEXTS.items():
        place = PAGES_OF_SETTINGS if message_id in SETTINGS else PAGES
        catalogue.add(text, locations=[(place, 0)], auto_comments=[message_id])
    for text in ANSWERS:
        catalogue.add(text, locations=[(ANSWERS_OF_APIS, 0)])
    return catalogue


def read(language: str) -> Catalog:
    """Return the translations of a language."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def main() -> None:
    """Rewrite every catalogue, in the order of the English texts."""
    template = extracted()
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True)
        missing = sum(1 for message in catalogue if message.id and not message.string)
        with (FOLDER / f"{language}.po").open("wb") as file:
            # Without a header: its dates would change with every run.
            write_po(
                file,
                catalogue,
                width=120,
                omit_header=True,
                sort_output=True,
                ignore_obsolete=True,
                include_lineno=False,
            )
        print(f"{language}: {missing} to translate")


if __name__ == "__main__":
    main()
