# SPDX-License-Identifier: Apache-2.0
"""The recipes of the core, a folder each: endpoints, rules, SQL and tables are neighbours."""
