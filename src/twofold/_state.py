# SPDX-License-Identifier: Apache-2.0
"""The one global of the SDK: the App that `init` made last."""

from typing import TYPE_CHECKING

from twofold.exceptions import GeneralError

if TYPE_CHECKING:
    from twofold._app import App

_current: "App | None" = None


def current_app() -> "App":
    """Return the App made by the last `init`.

    Raises:
        GeneralError: `init` was not called.
    """
    if _current is None:
        raise GeneralError("Initialisation not done. Did you forget to call the SuperTokens.init function?")
    return _current


def current_app_or_none() -> "App | None":
    """Return the App made by the last `init`, or None before the first one."""
    return _current


def set_current_app(app: "App | None") -> None:
    """Replace the current App. Requests that already run keep the one they started with."""
    global _current
    _current = app
