# SPDX-License-Identifier: Apache-2.0
"""Senders of mails that come with Twofold."""
