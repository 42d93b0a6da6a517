# SPDX-License-Identifier: Apache-2.0
"""Several `twofold serve` on one PostgreSQL, as an operator runs them: real processes, signals and connections."""
