# SPDX-License-Identifier: Apache-2.0
"""Server-rendered pages."""
