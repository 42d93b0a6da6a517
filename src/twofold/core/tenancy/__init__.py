# SPDX-License-Identifier: Apache-2.0
"""Apps and tenants: which exist, and the settings that hold for each. Every call is resolved here first."""
