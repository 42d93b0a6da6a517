# SPDX-License-Identifier: Apache-2.0
"""The commands by name. A command is imported when it is run, or when help tells what it is for."""

import sys

from cyclopts import App

from twofold.core.storage.database import StorageError

app = App(name="twofold", help="Authentication with a second factor: run and look after a core.")
app.command("twofold.cli.serve:serve", name="serve")
app.command("twofold.cli.migrate:migrate", name="migrate")
app.command("twofold.cli.doctor:doctor", name="doctor")
app.command("twofold.cli.users:app", name="users")
app.command("twofold.cli.tenants:app", name="tenants")
app.command("twofold.cli.dashboard:app", name="dashboard")
app.command("twofold.cli.audit:audit", name="audit")
app.command("twofold.cli.policy:app", name="policy")
app.command("twofold.cli.import_users:import_users", name="import")


def run() -> None:
    """Run the command that the arguments of this process name."""
    if sys.argv[1:2] in ([], ["--help"], ["-h"]):
        app.resolved_commands()  # what each is for is told by itself
    try:
        app(sys.argv[1:])
    except (StorageError, OSError, ValueError) as error:
        sys.exit(f"twofold: {error}")
