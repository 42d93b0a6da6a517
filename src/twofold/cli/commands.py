# SPDX-License-Identifier: Apache-2.0
"""The commands by name. A command is imported when it is run, or when help tells what it is for."""

import sys

from cyclopts import App

from twofold.core.storage.database import DatabaseUnavailable, StorageError

REACH_THE_DATABASE = "Check that --db (TWOFOLD_DB) names it, that it runs, and that it lets this machine and user in."

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
    words = [word for word in sys.argv[1:] if word not in ("--help", "-h")]
    _, apps, rest = app.parse_commands(words)
    if not rest:  # its commands may be listed: what each is for is told by itself
        apps[-1].resolved_commands()
    try:
        app(sys.argv[1:])
    except DatabaseUnavailable as error:
        sys.exit(f"twofold: {error}. {REACH_THE_DATABASE}")
    except (StorageError, OSError, ValueError) as error:
        sys.exit(f"twofold: {error}")
