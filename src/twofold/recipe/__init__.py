# SPDX-License-Identifier: Apache-2.0
"""One folder per recipe; every one looks like its neighbours."""
