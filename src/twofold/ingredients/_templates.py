# SPDX-License-Identifier: Apache-2.0
"""Renders messages from template files: `<name>.html` with everything escaped, `<name>.txt` as it is."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def render(package: str, file_name: str, values: Mapping[str, object]) -> str:
    """Fill a template of a package's folder `templates`; mails share the frame in our own folder.

    Args:
        package: the recipe's package, for example `twofold.recipe.passwordless`.
        file_name: with its ending, which decides about escaping.
        values: what the template names. A name that is missing is an error.
    """
    return _environment(package).get_template(file_name).render(values).strip() + "\n"


@lru_cache(maxsize=16)
def _environment(package: str) -> "Environment":
    # Imported on first use: it takes long, every process starts, and few write messages.
    from jinja2 import (  # noqa: PLC0415  # see above
        ChoiceLoader,
        Environment,
        PackageLoader,
        StrictUndefined,
        select_autoescape,
    )

    return Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("twofold.ingredients")]),
        # A text must show an ampersand as it is; everything else is HTML, whatever its ending.
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
