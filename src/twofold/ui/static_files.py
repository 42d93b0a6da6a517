# SPDX-License-Identifier: Apache-2.0
"""The style sheet, the script and the icon, under addresses that change with their content.

So a browser may keep them for ever, and never shows the page of one version with the style of another.
"""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class StaticFile:
    """One file, in memory: there are three of them, and they are small."""

    content: bytes
    content_type: str


class StaticFiles:
    """All files of the folder `static`, read once."""

    def __init__(self, base_path: str) -> None:
        self._urls: dict[str, str] = {}
        self._files: dict[str, StaticFile] = {}
        for path in sorted(_FOLDER.iterdir()):
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            hashed_name = f"{path.stem}.{digest}{path.suffix}"
            content_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            self._files[hashed_name] = StaticFile(content, content_type)
            self._urls[path.name] = f"{base_path}/{hashed_name}"

    def url(self, name: str) -> str:
        """Return the address of file `name`; an unknown name raises `KeyError`."""
        return self._urls[name]

    def find(self, hashed_name: str) -> StaticFile | None:
        """Return the file of that hashed name, or `None`."""
        return self._files.get(hashed_name)

    def routes(self) -> list[tuple[str, StaticFile]]:
        """Return every file with its address."""
        return [(url, self._files[url.rpartition("/")[2]]) for url in self._urls.values()]
