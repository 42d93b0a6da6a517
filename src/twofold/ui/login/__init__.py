# SPDX-License-Identifier: Apache-2.0
"""The pages that people sign in with."""
