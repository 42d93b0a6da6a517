# SPDX-License-Identifier: Apache-2.0
"""The command `twofold`: one module per command group."""

import sys

from cyclopts import App

from twofold.cli import doctor, import_users, migrate, serve, tenants, users
from twofold.core.storage.database import StorageError

app = App(name="twofold", help="Authentication with a second factor: run and look after a core.")
app.command(serve.serve)
app.command(migrate.migrate)
app.command(doctor.doctor)
app.command(users.app)
app.command(tenants.app)
app.command(import_users.import_users, name="import")


def main() -> None:
    """Run the command line. What an operator can mend is told in one sentence, without a traceback."""
    try:
        app(sys.argv[1:])
    except (StorageError, OSError, ValueError) as error:
        sys.exit(f"twofold: {error}")


__all__ = ["app", "main"]
