# SPDX-License-Identifier: Apache-2.0
"""The kinds of claims that applications make for their own purposes."""

from twofold.recipe.session.claim_base_classes.boolean_claim import BooleanClaim
from twofold.recipe.session.claim_base_classes.primitive_array_claim import PrimitiveArrayClaim
from twofold.recipe.session.claim_base_classes.primitive_claim import PrimitiveClaim
from twofold.recipe.session.claim_base_classes.session_claim import SessionClaim

__all__ = ["BooleanClaim", "PrimitiveArrayClaim", "PrimitiveClaim", "SessionClaim"]
