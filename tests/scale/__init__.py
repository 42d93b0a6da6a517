# SPDX-License-Identifier: Apache-2.0
"""The database with many users in it: how it is filled, and what each statement then reads."""
