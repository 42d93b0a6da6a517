# SPDX-License-Identifier: Apache-2.0
"""Delivery of text messages."""
