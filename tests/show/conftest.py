from __future__ import annotations

import pytest

from tests.show.example import Example, example


@pytest.fixture(scope="session")
def run() -> Example:
    return example()
