# SPDX-License-Identifier: Apache-2.0
"""The security considerations of the guide to multi-factor authentication, one module each, the attack first."""
