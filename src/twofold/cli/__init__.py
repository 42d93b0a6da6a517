# SPDX-License-Identifier: Apache-2.0
"""The command `twofold`: one module per command group, listed in `commands.py`.

Each worker of a server imports this module when it starts, so nothing is loaded here before a command is run.
"""


def main() -> None:
    """Run the command line. What an operator can mend is told in one sentence, without a traceback."""
    from twofold.cli.commands import run  # noqa: PLC0415 - workers run no command

    run()


__all__ = ["main"]
