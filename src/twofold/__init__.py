# SPDX-License-Identifier: Apache-2.0
"""Authentication with a second factor for Python web applications."""
