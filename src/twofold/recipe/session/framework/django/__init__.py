# SPDX-License-Identifier: Apache-2.0
"""Sessions for Django views: `asyncio` for async views, `syncio` for the others."""
