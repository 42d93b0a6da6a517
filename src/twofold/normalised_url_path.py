# SPDX-License-Identifier: Apache-2.0
"""A path in one spelling: leading slash, no trailing slash, no domain, no query."""

from urllib.parse import urlsplit

_NOT_A_PATH = ("http://", "https://")


class NormalisedURLPath:
    """`/auth`, whatever way the developer wrote it. The case is kept: paths are compared case-sensitively."""

    def __init__(self, url: str) -> None:
        self._value = normalise_url_path_or_throw_error(url)

    def startswith(self, other: "NormalisedURLPath") -> bool:
        """Tell whether the text of this path starts with the other's."""
        return self._value.startswith(other.get_as_string_dangerous())

    def append(self, other: "NormalisedURLPath") -> "NormalisedURLPath":
        """Return this path followed by the other."""
        return NormalisedURLPath(self._value + other.get_as_string_dangerous())

    def get_as_string_dangerous(self) -> str:
        """Return the path; empty for the root. The name is the incumbent's: nothing here is dangerous."""
        return self._value

    def equals(self, other: "NormalisedURLPath") -> bool:
        """Tell whether both are the same path."""
        return self._value == other.get_as_string_dangerous()

    def is_a_recipe_path(self) -> bool:
        """Tell whether the first or second segment is `recipe`, as in paths of the core's recipes."""
        return "recipe" in self._value.split("/")[1:3]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NormalisedURLPath) and self._value == other.get_as_string_dangerous()

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return f"NormalisedURLPath({self._value!r})"


def normalise_url_path_or_throw_error(input_str: str) -> str:
    """Return the path of a URL, or the text itself as a path; `""` for the root."""
    text = input_str.strip()
    if text.lower().startswith(_NOT_A_PATH):
        return without_trailing_slash(urlsplit(text).path)
    if domain_given(text):
        return without_trailing_slash(urlsplit("http://" + text).path)
    path = text.split("?", 1)[0].split("#", 1)[0]
    return without_trailing_slash(path if path.startswith("/") else "/" + path)


def without_trailing_slash(path: str) -> str:
    """Remove one slash at the end."""
    return path.removesuffix("/")


def domain_given(input_str: str) -> bool:
    """Tell whether the text starts with a domain (`example.com/auth`, `localhost:3000`) rather than a path."""
    text = input_str.strip()
    if text.startswith(("/", "?", "#")):
        return False
    first = text.split("/", 1)[0]
    return "." in first or first.startswith("localhost")
