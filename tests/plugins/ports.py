# SPDX-License-Identifier: Apache-2.0
"""Ports for servers that are told where to listen."""

import contextlib
import random
import socket

# Systems take the ports of clients, and those that nobody names, from higher ones: a server that is started again
# finds its port free.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            port = random.choice(PORTS)
            probe.bind(("127.0.0.1", port))
            return port
