# SPDX-License-Identifier: Apache-2.0
"""Known secrets, and the search for them: as they are, and as they might be written somewhere else."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote


class Canaries:
    """The secrets of a journey, by name. One is added as soon as it is known."""

    def __init__(self) -> None:
        self._forms: dict[str, set[str]] = {}

    def add(self, name: str, secret: str) -> None:
        """Look for this one, too."""
        assert len(secret) >= 8, f"{name} is too short to be told from chance"
        self._forms[name] = _forms(secret)

    def found_in(self, text: str) -> set[str]:
        """Return the names of the secrets that a text gives away."""
        return {name.partition("#")[0] for name, forms in self._forms.items() if any(form in text for form in forms)}

    @property
    def names(self) -> set[str]:
        """What is looked for."""
        return {name.partition("#")[0] for name in self._forms}


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    encoded = {b64encode(raw).decode().rstrip("="), urlsafe_b64encode(raw).decode().rstrip("=")}
    return {secret, quote(secret, safe=""), quote(secret), raw.hex(), raw.hex().upper(), *encoded}


def reachable(*roots: Any) -> Iterator[Any]:
    """Yield every object of ours that can be reached from these through attributes and containers."""
    seen: set[int] = set()
    pending: list[Any] = list(roots)
    while pending:
        item = pending.pop()
        if id(item) in seen or isinstance(item, str | bytes | int | float | bool | type | None):
            continue
        seen.add(id(item))
        if type(item).__module__.split(".")[0] == "twofold" or isinstance(item, BaseException):
            yield item
        pending.extend(_parts(item))


def _parts(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return [*item.keys(), *item.values()]
    if isinstance(item, list | tuple | set | frozenset):
        return list(item)
    if not callable(item) and type(item).__module__.split(".")[0] not in ("twofold", "tests", "builtins"):
        return []
    parts = list(getattr(item, "__dict__", {}).values())
    for kind in type(item).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        names = (slots,) if isinstance(slots, str) else slots
        parts += [getattr(item, name) for name in names if hasattr(item, name)]
    if callable(item):
        # What a closure holds, and whose method it is.
        parts += [cell.cell_contents for cell in getattr(item, "__closure__", None) or () if _is_filled(cell)]
        parts.append(getattr(item, "__self__", None))
    return parts


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  # an empty cell raises
    except ValueError:
        return False
    return True
