# SPDX-License-Identifier: Apache-2.0
"""How recovery mails are written and sent."""
