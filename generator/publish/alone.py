"""One process at a time for each account."""

from __future__ import annotations

from pathlib import Path

from generator.publish.base import PublishError

LOCK_S = 30.0  # how long another process of the same account is waited for


class Alone:
    """A lock across processes, for one account: two runs at once would both find nothing sent."""

    def __init__(self, state: Path, network: str, account: str) -> None:
        plain = "".join(c if c.isalnum() else "_" for c in account)
        self._path = state / "locks" / f"{network}-{plain}.lock"

    def __enter__(self) -> None:
        from filelock import FileLock, Timeout

        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = FileLock(self._path)
        try:
            self._lock.acquire(timeout=LOCK_S)
        except Timeout:
            what = "is being published to by another process"
            raise PublishError(str(self._path), what, "Wait for it to end.") from None

    def __exit__(self, *_: object) -> None:
        self._lock.release()
