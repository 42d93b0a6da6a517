# SPDX-License-Identifier: Apache-2.0
"""Server-rendered pages to sign up, sign in and give a one-time code: `init(recipe_list=[…, ui.init()])`.

They live below the website base path (`/auth`), need no JavaScript and call the same APIs as the browser SDKs, so
what an application overrides holds for both. Pages of the application that a person opens without the right session
lead here and back: `Depends(verify_session())` is all they need.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from twofold._app_info import AppInfo
from twofold.languages import LANGUAGES
from twofold.recipe._base import RecipeInit
from twofold.ui.config import UIConfig
from twofold.ui.recipe import UIRecipe
from twofold.ui.replies import SECURITY_HEADERS

__all__ = ["SECURITY_HEADERS", "UIRecipe", "init", "render"]


def init(
    home_path: str = "/",
    template_folder: str | Path | None = None,
    stylesheet: str | None = None,
    messages: Mapping[str, str] | None = None,
    languages: Sequence[str] = LANGUAGES,
) -> RecipeInit:
    """Add the pages to an application.

    Args:
        home_path: Where people go after signing in, unless they wanted to open another page.
        template_folder: Templates of the application's own. One with the name of ours replaces it.
        stylesheet: Address of a style sheet, loaded after ours; usually it sets a few of the `--tf-…` variables.
        messages: Texts that replace ours, by the ids of `twofold.ui.texts`, whatever the reader's language.
        languages: What the pages may be in, of `twofold.languages.LANGUAGES`; the browser chooses, and the first one is
            for everybody else. Name one if the application itself has only that.

    Raises:
        GeneralError: An option is not usable.
        ValueError: `messages` has an id that does not exist.
    """
    config = UIConfig(home_path, template_folder, stylesheet, messages, languages)

    def make(app_info: AppInfo, plugins: list[Any]) -> UIRecipe:  # noqa: ARG001  # the published parameters
        return UIRecipe(app_info, config)

    return make


def render(template: str, *, language: str | None = None, **values: object) -> str:
    """Return the HTML of a template from `template_folder`, for pages of the application that look like ours.

    Such a template begins with `{% extends "base.html" %}`. It has `t`, `language`, `app_name`, `home`, `urls` and
    `asset`, as ours have.

    Args:
        template: Its name.
        language: Of the page; left out, the first of `init`'s `languages`.
        values: What the template names.
    """
    ui = UIRecipe.get()
    return ui.templates.render(template, values, language or ui.config.languages[0])
