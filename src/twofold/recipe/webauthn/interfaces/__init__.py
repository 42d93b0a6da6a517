# SPDX-License-Identifier: Apache-2.0
"""What overrides of the passkey recipe get and return."""
