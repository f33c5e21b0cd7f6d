"""Which of the processes that share the tests takes which file."""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

QUIET = {"test_commands.py", "test_price_faults.py", "test_refusals.py"}  # beside platforms: they start none


class OnePlatformAtATime(LoadFileScheduling):
    """Files in the order in which they were collected, but one process takes those that start platforms, and the others
    all else, for as long as there is any: a platform is three busy processes, and two of them are more than two cores
    can carry. Then the others begin at the end: those at the beginning share a platform, which one process has."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the files with the most tests first: those are the quick ones
        self._sharer: WorkerController | None = None

    def _assign_work_unit(self, node: WorkerController) -> None:
        is_taken = any(self._has_platform(other) for other in self.nodes if other is not node)
        fit = [file for file in self.workqueue if _starts_platforms(file) is not is_taken]
        order = iter(self.workqueue) if node is self._sharer else reversed(self.workqueue)
        file = fit[0] if fit else next(order)
        if self._sharer is None and _starts_platforms(file):
            self._sharer = node
        self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)

    def _has_platform(self, node: WorkerController) -> bool:
        files = self.assigned_work.get(node, {})
        return any(_starts_platforms(file) and not all(tests.values()) for file, tests in files.items())


def _starts_platforms(file: str) -> bool:
    path = PurePosixPath(file)
    return "platform" in path.parts and path.name not in QUIET
