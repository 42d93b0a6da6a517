# SPDX-License-Identifier: Apache-2.0
"""The text messages of the passwordless recipe."""
