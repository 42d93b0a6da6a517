# SPDX-License-Identifier: Apache-2.0
"""The passkeys of a user, as users show them."""

from twofold.types.account_info import WebauthnInfo, WebauthnInfoInput

__all__ = ["WebauthnInfo", "WebauthnInfoInput"]
