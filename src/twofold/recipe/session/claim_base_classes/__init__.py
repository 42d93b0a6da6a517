# SPDX-License-Identifier: Apache-2.0
"""The kinds of claims that applications and recipes put into access tokens."""
