# SPDX-License-Identifier: Apache-2.0
"""The mails of the e-mail verification recipe."""
