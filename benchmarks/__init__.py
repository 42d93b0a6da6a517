# SPDX-License-Identifier: Apache-2.0
"""What `make bench` runs: the hot paths under load, each beside its physical limit measured in the same run."""
