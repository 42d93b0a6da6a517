# SPDX-License-Identifier: Apache-2.0
"""Users and their login methods, shared by all recipes. Start reading at `model.py`, then `rules.py`."""
