# SPDX-License-Identifier: Apache-2.0
"""What an application may say about its pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twofold.exceptions import GeneralError
from twofold.languages import LANGUAGES
from twofold.ui.local_path import local_path


@dataclass(frozen=True)
class UIConfig:
    """The options of `ui.init`; see there."""

    home_path: str = "/"
    template_folder: str | Path | None = None
    stylesheet: str | None = None
    messages: Mapping[str, str] | None = None
    languages: Sequence[str] = LANGUAGES

    def __post_init__(self) -> None:
        """Refuse what could only fail later, before a person's eyes.

        Raises:
            GeneralError: An option is not usable.
        """
        if local_path(self.home_path) is None:
            raise GeneralError(f"ui.init: home_path must be a path of this site like '/home', not {self.home_path!r}")
        if self.template_folder is not None and not Path(self.template_folder).is_dir():
            raise GeneralError(f"ui.init: template_folder {str(self.template_folder)!r} is not a folder")
        if not self.languages or not set(self.languages) <= set(LANGUAGES):
            raise GeneralError(f"ui.init: languages must be some of {', '.join(LANGUAGES)}, not {self.languages!r}")
