# SPDX-License-Identifier: Apache-2.0
"""Programs as applications write them: each `start` is one `init`, with the policy that its module describes."""
