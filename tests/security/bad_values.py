# SPDX-License-Identifier: Apache-2.0
"""What hostile clients send: values for JSON members and form fields, and whole bodies."""

from typing import Any

MEGABYTE = 1024 * 1024
LONG = "a" * 20_000
STRINGS: list[str] = [
    "",
    " ",
    "\0",
    "a\0b@example.com",
    "a@example.com\0",
    "a\r\nBcc: victim@example.com",
    "a@example.com\r\nX-Injected: 1",
    "\x1b[31m\x07\x7f",
    "\ufeff\u200b\u202e\u2066",
    "\uff41@example.com",
    "a\uff20example.com",
    "a@example.com,b@example.com",
    "a@b@example.com",
    "İstanbul@example.com",
    "💥" * 5_000,
    "e" + "\u0301" * 5_000,
    LONG,
    LONG + "@example.com",
    "'; DROP TABLE users; --",
    '" OR ""="',
    "1 UNION SELECT secret FROM app_keys",
    "%' OR '1'='1",
    "\\'; SELECT pg_sleep(10); --",
    ":app_id",
    "$1 ? %s {0} {{7*7}} ${7*7}",
    "../../../../etc/passwd",
    "<script>alert(1)</script>",
    "9" * 400,
    "+" + "9" * 400,
    "-1",
    "NaN",
    "null",
    "__proto__",
]
NUMBERS: list[Any] = [0, -1, 2**31, 2**63, -(2**63) - 1, 10**300, 1.5, -0.0, 1e308]
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]
OTHERS: list[Any] = [None, True, False, [], {}, [[]], [None], {"": {}}, {"id": "email"}, DEEP, ["a"] * 2_000]

# Bytes of a whole body; the names are for test ids.
BODIES: dict[str, bytes] = {
    "empty": b"",
    "space": b"  ",
    "brace": b"{",
    "trailing": b"{} {}",
    "null": b"null",
    "array": b"[]",
    "string": b'"x"',
    "number": b"12",
    "true": b"true",
    "not-json": b"email=a&password=b",
    "not-utf-8": b'{"email": "\xff\xfe"}',
    "utf-16": '{"email": "a"}'.encode("utf-16"),
    "bom": b'\xef\xbb\xbf{"email": "a"}',
    "nul-bytes": b"\0" * 100,
    "lone-surrogate": b'{"email": "\\ud800", "userId": "\\udfff", "formFields": [{"id": "email", "value": "\\ud800"}]}',
    "lone-surrogate-key": b'{"\\ud800": 1}',
    "duplicate-keys": b'{"email": "a@example.com", "email": 1, "formFields": [], "formFields": 1, "userId": 1}',
    "nan": b'{"email": NaN, "userId": Infinity}',
    "huge-exponent": b'{"email": 1e400, "userId": -1e400, "deviceId": 1e999999999}',
    "huge-number": b'{"email": ' + b"9" * 50_000 + b', "userId": ' + b"9" * 5_000 + b"}",
    "deep-arrays": b"[" * 100_000,
    "deep-objects": b'{"a":' * 50_000,
    "deep-closed": b'{"formFields": ' + b"[" * 5_000 + b"]" * 5_000 + b', "userId": ' + b"[" * 900 + b"]" * 900 + b"}",
    "many-members": b"{" + b",".join(b'"k%d":0' % number for number in range(20_000)) + b"}",
    "gzip": bytes.fromhex("1f8b0800000000000003abae050043bfa6a302000000"),
}
