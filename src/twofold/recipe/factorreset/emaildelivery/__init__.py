# SPDX-License-Identifier: Apache-2.0
"""The mails of the recipe of factor resets."""
