"""What holds for the doubles holds for real servers: no log, no file, no output shows a secret."""

from tests.publish.conftest import nothing_leaks, pytest_runtest_makereport

__all__ = ["nothing_leaks", "pytest_runtest_makereport"]
