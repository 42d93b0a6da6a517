# SPDX-License-Identifier: Apache-2.0
"""Requests at random, from their published shape: as they should be, and with something wrong.

What a core answers is learnt (ids, tokens, codes, by the name of their field) and asked for again, so that the requests
reach deeper than the first check.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.security.bad_values import NUMBERS, OTHERS, STRINGS
from twofold.core.http import HttpRequest

Shape = dict[str, Any]
SHAPES: list[Shape] = json.loads((Path(__file__).parent / "requests.json").read_text())
VERSIONS = sorted({version for shape in SHAPES for version in shape["versions"]})
KNOWN: dict[str, list[Any]] = {
    "email": ["ann@example.com", "bob@example.com", "new@example.com"],
    "phoneNumber": ["+14155550001", "+14155550002"],
    "password": ["password"],
    "newPassword": ["password2"],
    "thirdPartyId": ["google", "github"],
    "thirdPartyUserId": ["g1", "g2"],
    "role": ["admin", "editor"],
    "permission": ["read", "write"],
    "permissions": [["read"], ["read", "write"]],
    "tenantId": ["public", "t1", "t9"],
    "appId": ["public", "other"],
    "method": ["token"],
    "deviceName": ["phone"],
    "totp": ["123456"],
    "secretKey": ["JBSWY3DPEHPK3PXP"],
    "externalUserId": ["external-1", "external-2"],
    "doUnionOfAccountInfo": ["true", "false"],
    "userIdType": ["ANY", "SUPERTOKENS", "EXTERNAL"],
    "algorithm": ["RS256"],
    "timeJoinedOrder": ["ASC", "DESC"],
    "limit": ["10", 10],
}
# Names under which the same thing is asked for.
ALIASES = {"recipeUserId": "userId", "primaryUserId": "userId", "superTokensUserId": "userId", "id": "userId"}


class Requests:
    """A source of requests for one core, in one version of the interface."""

    def __init__(self, version: str, seed: int) -> None:
        self.version = version
        self._random = random.Random(f"{version} {seed}")
        self._known: dict[str, list[Any]] = {key: list(values) for key, values in KNOWN.items()}

    def all(self, rounds: int) -> Iterator[HttpRequest]:
        """Every request of the version, in random order, several times."""
        shapes = [shape for shape in SHAPES if self.version in shape["versions"]] * rounds
        self._random.shuffle(shapes)
        for shape in shapes:
            yield self._request(shape)

    def learn(self, answer: Any) -> None:
        """Remember what was answered, to ask for it."""
        if isinstance(answer, list):
            for item in answer[:20]:
                self.learn(item)
        elif isinstance(answer, dict):
            for key, value in answer.items():
                if isinstance(value, str) and len(value) < 2_000:
                    self._remember(ALIASES.get(str(key), str(key)), value)
                else:
                    self.learn(value)

    def _remember(self, key: str, value: Any) -> None:
        values = self._known.setdefault(key, [])
        if value not in values:
            values.append(value)
            del values[:-40]

    def _request(self, shape: Shape) -> HttpRequest:
        tenant = self._random.choice(("", "", "/public", "/t1", "/nowhere"))
        query = {key: self._value(key, inner) for key, inner in self._chosen(shape.get("query", {}))}
        body = b""
        if "body" in shape:
            content = self._spoilt(self._value("", shape["body"]))
            body = json.dumps(content).encode()
        headers = {"cdi-version": self.version}
        if "rid" in shape:
            headers["rid"] = shape["rid"]
        text = "&".join(f"{key}={quote(str(self._spoilt(value)), errors='replace')}" for key, value in query.items())
        return HttpRequest(
            shape["method"], shape["path"].replace("/{tenant}", tenant), text, headers, body, "127.0.0.1"
        )

    def _chosen(self, members: dict[str, Shape]) -> list[tuple[str, Shape]]:
        return [
            (key, inner)
            for key, inner in members.items()
            if self._random.random() < (0.97 if inner.get("required") is True else 0.6)
        ]

    def _value(self, name: str, shape: Shape) -> Any:
        if shape.get("nullable") and self._random.random() < 0.1:
            return None
        known = self._known.get(ALIASES.get(name, name))
        if known and self._random.random() < 0.9:
            return self._random.choice(known)
        if "enum" in shape:
            return self._random.choice(shape["enum"])
        kind = shape.get("type", "object" if "properties" in shape else None)
        if kind == "object" or (kind is None and "oneOf" in shape):
            return self._object(shape)
        if kind == "array":
            return [self._value(name, shape.get("items", {})) for _ in range(self._random.randrange(3))]
        if kind == "boolean":
            return self._random.random() < 0.5
        if kind in ("number", "integer"):
            return self._random.choice((0, 1, 30, 1_700_000_000_000))
        return self._random.choice(("x", "some text", "0", "true"))

    def _object(self, shape: Shape) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if "oneOf" in shape:
            chosen = self._value("", self._random.choice(shape["oneOf"]))
            made |= chosen if isinstance(chosen, dict) else {}
        required = shape.get("required", ())
        for key, inner in shape.get("properties", {}).items():
            if self._random.random() < (0.97 if key in required else 0.7):
                made[key] = self._value(key, inner)
        return made

    def _spoilt(self, value: Any) -> Any:
        """The value, or now and then something else in its place or in one of its members."""
        if self._random.random() > 0.3:
            return value
        if isinstance(value, dict) and value and self._random.random() < 0.9:
            key = self._random.choice(sorted(value))
            return value | {key: self._random.choice((*STRINGS, *NUMBERS, *OTHERS))}
        return self._random.choice((*STRINGS, *NUMBERS, *OTHERS))
