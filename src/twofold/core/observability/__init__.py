# SPDX-License-Identifier: Apache-2.0
"""How a served core is watched: request ids, logs, health, metrics and traces. Nothing here decides or stores."""
