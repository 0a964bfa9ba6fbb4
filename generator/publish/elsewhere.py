"""Keeping the ledger somewhere else before anything is sent, where the machine will be gone after
the job: what was about to be sent must outlive it."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

TIMEOUT_S = 120.0


def not_kept(command: str, state: Path) -> str:
    """Runs the command of `[publish] checkpoint` in the state folder; why it failed, "" when it
    did not. It gets no secret of the program's settings."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("COMMENTARY_")}
    try:
        done = subprocess.run(
            shlex.split(command),
            cwd=state,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return f"the ledger could not be kept elsewhere ({type(error).__name__})"
    if done.returncode:
        return f"the ledger could not be kept elsewhere (checkpoint ended with {done.returncode})"
    return ""
