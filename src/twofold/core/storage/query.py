# SPDX-License-Identifier: Apache-2.0
"""One SQL text for both databases: named parameters, translated once when the module that owns the text is imported.

The text is the subset that SQLite (3.35 and newer) and PostgreSQL (13 and newer) share. Only three things are
translated, because only these three cannot be written alike:

* ``:name`` becomes a numbered parameter; a name used twice is one parameter.
* ``IN (:names*)`` and ``NOT IN (:names*)`` take a sequence, of any length and also empty.
* ``FOR UPDATE`` and ``FOR SHARE`` (of keys, too; with ``OF``, ``SKIP LOCKED`` or ``NOWAIT``) are for PostgreSQL. SQLite
  has one writer and needs none.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Final, TypeAlias

Value: TypeAlias = str | int | bool | bytes | Sequence[str] | Sequence[int] | None
"""What a parameter may be: a column's value, or a sequence of them for a ``:names*`` parameter."""

# Literals, quoted names and comments are matched first, so that nothing inside them is taken for a parameter.
OPAQUE: Final = r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/"""

_TOKEN: Final = re.compile(
    rf"""(?P<opaque>{OPAQUE})
    |(?P<cast>::)
    |(?P<list>\b(?P<not>NOT\s+)?IN\s*\(\s*:(?P<names>[A-Za-z_]\w*)\*\s*\))
    |(?P<lock>\s*\bFOR\s+(?:(?:NO\s+KEY\s+)?UPDATE|(?:KEY\s+)?SHARE)\b(?:\s+OF\s+\w+)?(?:\s+SKIP\s+LOCKED|\s+NOWAIT)?)
    |:(?P<name>[A-Za-z_]\w*)(?P<star>\*?)
    |(?P<write>\b(?:INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\b)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


class Query:
    """A statement with named parameters, ready for both databases. Make it once, as a constant of a module.

    Attributes:
        text: the statement as written.
        names: its parameters, in the order of their first use.
        list_names: those of them that take a sequence.
        postgres_text: the statement with ``$1``.
        sqlite_text: the statement with ``?1``.
        writes: whether the statement changes anything, so that it must go to the writer and must not be repeated.

    Raises:
        ValueError: the text has a ``::cast``, or ``:names*`` outside ``IN (…)``.
    """

    __slots__ = ("_values_of", "list_names", "names", "postgres_text", "sqlite_text", "text", "writes")

    def __init__(self, text: str) -> None:
        self.text: Final = text
        translation = _Translation(text)
        self.names: Final = tuple(translation.numbers)
        self.list_names: Final = frozenset(translation.list_names)
        self.postgres_text: Final = translation.postgres_text
        self.sqlite_text: Final = translation.sqlite_text
        self.writes: Final = translation.writes
        self._values_of: Final = _values_in_order(self.names)

    def bind(self, values: Mapping[str, Value]) -> tuple[Value, ...]:
        """Put `values` in the order of the parameters.

        Raises:
            TypeError: a parameter has no value, or a value no parameter.
        """
        if len(values) == len(self.names):
            try:
                return self._values_of(values)
            except KeyError:
                pass
        missing = [name for name in self.names if name not in values]
        extra = [name for name in values if name not in self.names]
        raise TypeError(f"missing values {missing} and unknown values {extra} for the statement: {self.text}")

    def __repr__(self) -> str:
        return f"Query({self.text!r})"


class _Translation:
    """Both texts of one statement, and what was learnt on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.numbers: dict[str, int] = {}
        self.list_names: set[str] = set()
        self.writes = False
        self.postgres_text = _TOKEN.sub(lambda token: self._replace(token)[0], text)
        self.sqlite_text = _TOKEN.sub(lambda token: self._replace(token)[1], text)

    def _replace(self, token: re.Match[str]) -> tuple[str, str]:
        """Return the token for PostgreSQL and for SQLite."""
        whole = token[0]
        if token["cast"] or token["star"]:
            raise ValueError(f"{whole!r} does not run on both databases (a list is IN (:names*)): {self.text}")
        if token["list"]:
            number = self._number(token["names"])
            self.list_names.add(token["names"])
            items = f"(SELECT value FROM json_each(?{number}))"  # noqa: S608 - the number is ours
            return (
                f"<> ALL(${number})" if token["not"] else f"= ANY(${number})",
                f"NOT IN {items}" if token["not"] else f"IN {items}",
            )
        if token["name"]:
            number = self._number(token["name"])
            return f"${number}", f"?{number}"
        if token["write"]:
            self.writes = True
        return whole, "" if token["lock"] else whole

    def _number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers) + 1)


def _values_in_order(names: tuple[str, ...]) -> Callable[[Mapping[str, Value]], tuple[Value, ...]]:
    if not names:
        return lambda _: ()
    if len(names) == 1:
        only = names[0]
        return lambda values: (values[only],)
    return itemgetter(*names)
