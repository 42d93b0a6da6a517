# SPDX-License-Identifier: Apache-2.0
"""Starts programs of this folder in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a program whose output can be read."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, str(Path(__file__).parent / program), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
