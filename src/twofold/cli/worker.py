# SPDX-License-Identifier: Apache-2.0
"""What a worker of `twofold serve` runs, and how it is told what to serve. Loads the core, but no command."""

import os
from dataclasses import dataclass
from typing import Final

import msgspec

from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.observability.asgi import ObservedASGI
from twofold.core.observability.logs import configure_logs

FACTORY: Final = "twofold.cli.worker:make_app"

# Workers are new processes: their environment is seen by nobody but their own user, their command line by everybody.
_VARIABLE: Final = "_TWOFOLD_CONFIGURATION"


@dataclass(frozen=True, slots=True, repr=False)
class Served:
    """What is served, and how it is logged."""

    db: str
    settings: Settings
    log_format: str
    access_log: bool

    def core(self) -> Core:
        """Make the core. Nothing is opened yet."""
        return create_core(self.db, self.settings)

    def app(self, core: Core) -> ObservedASGI:
        """The core behind HTTP; from here on this process logs as it is configured."""
        configure_logs(self.settings.log_level, self.log_format)
        return ObservedASGI(core, self.settings.base_path, access_log=self.access_log)


def hand_to_workers(served: Served) -> None:
    """Leave it in the environment of processes that this one starts from now on."""
    os.environ[_VARIABLE] = msgspec.json.encode(served).decode()


def make_app() -> ObservedASGI:
    """The application of one worker, as `hand_to_workers` left it."""
    served = msgspec.json.decode(os.environ[_VARIABLE], type=Served)
    return served.app(served.core())
