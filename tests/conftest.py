# SPDX-License-Identifier: Apache-2.0
"""What every test may ask for: databases (``plugins/postgres.py``), a core in any place (``plugins/places.py``).

And an honest list of what was skipped.
"""

pytest_plugins = [
    "pytester",
    "tests.plugins.postgres",
    "tests.plugins.pgbouncer",
    "tests.plugins.places",
    "tests.plugins.skips",
]
