# SPDX-License-Identifier: Apache-2.0
"""Sends recovery mails through a mail server."""
