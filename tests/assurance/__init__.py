# SPDX-License-Identifier: Apache-2.0
"""Profiles of assurance: what they refuse, what they add, and the report about them."""
