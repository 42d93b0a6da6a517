# SPDX-License-Identifier: Apache-2.0
"""What every test may ask for: the databases (see ``plugins/postgres.py``) and an honest list of what was skipped."""

pytest_plugins = ["pytester", "tests.plugins.postgres", "tests.plugins.pgbouncer", "tests.plugins.skips"]
