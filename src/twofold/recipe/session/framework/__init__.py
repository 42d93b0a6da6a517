# SPDX-License-Identifier: Apache-2.0
"""Verification of an application's own routes, one module per web framework."""
