"""One registry for every test of the room: building its indexes is the slow part."""

import pytest

from app.matching.registry import Registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.load()
