# SPDX-License-Identifier: Apache-2.0
"""Turn a template and its values into HTML.

A template is looked for in the application's own folder first, then here; so an application replaces a page by a file
of the same name, and may build on ours: `{% extends "twofold/sign_in.html" %}`.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined, Undefined
from jinja2.bccache import Bucket, BytecodeCache

from twofold.languages import ENGLISH
from twofold.ui.messages import Messages
from twofold.ui.static_files import StaticFiles

_HERE = Path(__file__).parent
_OUR_FOLDERS = [_HERE / "login" / "templates", _HERE / "settings" / "templates", _HERE / "templates"]


class _Optional(Undefined):
    """A value that a page may leave out: it counts as false, and printing it is a mistake of the template."""

    __str__ = StrictUndefined.__str__
    __iter__ = StrictUndefined.__iter__


class _CompiledOnce(BytecodeCache):
    """Compiled templates, for all applications of this process: tests make one each, and compiling takes longest."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledOnce()


class Templates:
    """The templates of one application."""

    def __init__(
        self,
        own_folder: str | Path | None,
        shared_values: Mapping[str, object],
        static_files: StaticFiles,
        messages: Messages,
    ) -> None:
        self._messages = messages
        ours = FileSystemLoader(_OUR_FOLDERS)
        loaders: list[BaseLoader] = [PrefixLoader({"twofold": ours}), ours]
        if own_folder is not None:
            loaders.insert(0, FileSystemLoader(own_folder))
        self._environment = Environment(
            loader=ChoiceLoader(loaders),
            bytecode_cache=_COMPILED,
            autoescape=True,
            undefined=_Optional,
            trim_blocks=False,
            lstrip_blocks=True,
        )
        # Jinja2 leaves the types of both dictionaries to inference, and checkers infer different ones.
        shared: Any = self._environment.globals
        shared.update(shared_values, asset=static_files.url)
        filters: Any = self._environment.filters
        filters["with_to"] = with_to

    def render(self, name: str, values: Mapping[str, object], language: str = ENGLISH) -> str:
        """Return the HTML of template `name`; a missing template raises `jinja2.TemplateNotFound`.

        It sees its `language`, and `t`, which returns a text in that language by its id.
        """
        texts = {"language": language, "t": partial(self._text_in, language)}
        return self._environment.get_template(name).render(texts, **values)

    def _text_in(self, language: str, message_id: str, /, **values: object) -> str:
        return self._messages.text(message_id, language, **values)


def with_to(url: str, value: str | None, name: str = "to") -> str:
    """Add a parameter, usually the page to return to, to the address of one of our pages; `None` adds nothing."""
    return f"{url}{'&' if '?' in url else '?'}{name}={quote(value, safe='/')}" if value else url
