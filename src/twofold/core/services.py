# SPDX-License-Identifier: Apache-2.0
"""What endpoints and rules work with: database, clock, secrets, keys. Made once per core, in `app.py`."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twofold.core.clock import Clock
from twofold.core.config import Settings
from twofold.core.passwords import PasswordHasher
from twofold.core.request_statistics import RequestStatistics
from twofold.core.sealing import Sealer
from twofold.core.signing import SigningKeys
from twofold.core.storage.database import Database
from twofold.core.tenancy.directory import TenantDirectory
from twofold.core.tokens import Tokens
from twofold.core.under_way import UnderWay

if TYPE_CHECKING:
    from twofold.core._recipe import CoreRecipe


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that all recipes of one core share."""

    database: Database
    settings: Settings
    clock: Clock
    tokens: Tokens
    tenants: TenantDirectory
    passwords: PasswordHasher
    signing_keys: SigningKeys
    sealer: Sealer
    request_statistics: RequestStatistics
    recipes: "tuple[CoreRecipe, ...]"
    under_way: UnderWay = field(default_factory=UnderWay)
