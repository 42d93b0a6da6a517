# SPDX-License-Identifier: Apache-2.0
"""The attack classes that cut across recipes: each test names its class by number in its docstring."""
