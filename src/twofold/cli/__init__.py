# SPDX-License-Identifier: Apache-2.0
"""The command `twofold`: one module per command group."""

from cyclopts import App

from twofold.cli import migrate, serve

app = App(name="twofold", help="Authentication with a second factor: run and look after a core.")
app.command(serve.serve)
app.command(migrate.migrate)


def main() -> None:
    """Run the command line."""
    app()


__all__ = ["app", "main"]
