# SPDX-License-Identifier: Apache-2.0
"""Passwords as operators give them: typed twice, or piped. An option would be seen by everybody on the machine."""

import sys
from getpass import getpass


def read_password(shortest: int) -> str:
    """Ask for a new password on the terminal, unseen; read a line where there is none.

    Raises:
        ValueError: it is shorter than `shortest`, or was not typed alike twice.
    """
    is_typed = sys.stdin.isatty()
    password = getpass() if is_typed else sys.stdin.readline().rstrip("\r\n")
    if len(password) < shortest:
        raise ValueError(f"a password has at least {shortest} characters")
    if is_typed and getpass("Again: ") != password:
        raise ValueError("the two passwords differ")
    return password
