# SPDX-License-Identifier: Apache-2.0
"""The server: rules and storage of every recipe. Knows nothing of the SDK but the wire mapping."""
