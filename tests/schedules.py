"""Which of the two processes that share the tests takes which file."""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController


class OnePlatformAtATime(LoadFileScheduling):
    """Files in the order in which they were collected, but one process takes those that start platforms, and the other
    all else, for as long as there is any: a platform is three busy processes, and two of them are more than two cores
    can carry."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the files with the most tests first: those are the quick ones

    def _assign_work_unit(self, node: WorkerController) -> None:
        is_taken = any(self._has_platform(other) for other in self.nodes if other is not node)
        fit = (file for file in self.workqueue if _starts_platforms(file) is not is_taken)
        first = next(fit, None)
        if first is not None:
            self.workqueue.move_to_end(first, last=False)
        super()._assign_work_unit(node)

    def _has_platform(self, node: WorkerController) -> bool:
        files = self.assigned_work.get(node, {})
        return any(_starts_platforms(file) and not all(tests.values()) for file, tests in files.items())


def _starts_platforms(file: str) -> bool:
    return "platform" in PurePosixPath(file).parts
