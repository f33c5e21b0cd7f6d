"""Which of the processes that share the tests takes which file."""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

TOGETHER = {"test_page.py": "test_drills.py"}  # one platform: who takes the second takes the first
AT_A_TIME = 2  # platforms
QUIET = {"test_commands.py", "test_price_faults.py", "test_refusals.py"}  # beside platforms: they start none


class FewPlatformsAtATime(LoadFileScheduling):
    """Files in the order in which they were collected, but no more than two processes take such as start a platform for
    as long as there is anything else: a platform is three busy processes, and of more at once two cores would do none
    well. Those at the beginning share a platform, which one process has; another begins at the end."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the files with the most tests first: those are the quick ones
        self._sharer: WorkerController | None = None

    def _split_scope(self, nodeid: str) -> str:
        path = PurePosixPath(super()._split_scope(nodeid))
        return str(path.with_name(TOGETHER.get(path.name, path.name)))

    def _assign_work_unit(self, node: WorkerController) -> None:
        taken = sum(self._has_platform(other) for other in self.nodes if other is not node)
        is_enough = taken >= max(1, min(AT_A_TIME, len(self.nodes) - 1))
        begins = node is self._sharer or self._sharer is None
        order = list(self.workqueue) if begins else list(reversed(self.workqueue))
        file = next((each for each in order if _starts_platforms(each) is not is_enough), order[0])
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
