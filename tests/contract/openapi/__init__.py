# SPDX-License-Identifier: Apache-2.0
"""Requests of the core's interface, 3.0 to 5.3: `requests.json` holds what its OpenAPI descriptions say of them."""
