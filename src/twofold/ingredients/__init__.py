# SPDX-License-Identifier: Apache-2.0
"""How recipes send messages: what a sender is, the senders that come with Twofold, and the development inbox."""
