# SPDX-License-Identifier: Apache-2.0
"""Limits how much of a request's body the SDK's own routes read."""

from starlette.types import Message, Receive, Scope

from twofold.framework.request import MAX_BODY_BYTES, body_too_large


class LimitedBody:
    """Receives a body of at most a megabyte, and remembers it for an application that gets the request after all."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._received: list[Message] = []
        self._size = _announced_size(scope)
        if self._size <= MAX_BODY_BYTES:
            self._size = 0

    async def receive(self) -> Message:
        """Return the next message.

        Raises:
            BodyTooLargeError: more than a megabyte was announced, or has come.
        """
        self._check()
        message = await self._receive()
        self._size += len(message.get("body", b""))
        self._check()
        self._received.append(message)
        return message

    def _check(self) -> None:
        if self._size > MAX_BODY_BYTES:
            raise body_too_large()

    async def receive_again(self) -> Message:
        """Return the messages from the first one on."""
        return self._received.pop(0) if self._received else await self._receive()


def _announced_size(scope: Scope) -> int:
    announced: bytes = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(announced) if announced.isdigit() and len(announced) < 20 else 0
