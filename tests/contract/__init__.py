# SPDX-License-Identifier: Apache-2.0
"""The two wire protocols: recorded conversations (``transcripts``), and what plays them against Twofold.

``replay`` plays the Core Driver Interface, ``replay_fdi`` the Frontend Driver Interface; both are programs too.
"""
