# SPDX-License-Identifier: Apache-2.0
"""Stories of people: a real browser, the demo application, a core in this process."""
