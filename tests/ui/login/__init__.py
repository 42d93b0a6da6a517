# SPDX-License-Identifier: Apache-2.0
"""Tests of the pages that people sign in with."""
