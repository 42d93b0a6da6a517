# SPDX-License-Identifier: Apache-2.0
"""Stands for Twofold: whoever imports this gets `twofold` itself."""

import twofold.alias

IS_ALIAS = True

twofold.alias.install()
