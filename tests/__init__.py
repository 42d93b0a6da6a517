# SPDX-License-Identifier: Apache-2.0
"""Tests of Twofold, in the same tree as the package; user stories are in ``flows``, wire contracts in ``contract``."""
