# SPDX-License-Identifier: Apache-2.0
"""Senders of text messages that come with Twofold."""
