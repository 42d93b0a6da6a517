# SPDX-License-Identifier: Apache-2.0
"""What a recipe's overridable objects have in common."""


class BaseRecipeInterface:
    """Base of every recipe's `Functions`. Its methods may be replaced by attribute assignment, subclass or wrapper."""


class BaseAPIInterface:
    """Base of every recipe's `APIs`: one method per HTTP API, and a `disable_…` flag beside each."""
