# SPDX-License-Identifier: Apache-2.0
"""Our own pytest plugins, loaded by ``tests/conftest.py``."""
