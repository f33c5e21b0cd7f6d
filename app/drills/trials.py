"""How a drill goes: something is broken, watched until it is safe and a while longer, and mended whatever comes."""

import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from app.domain.drills import DrillResult, DrillVerdict
from app.drills.scenes import Scene
from app.errors import CrosscourtError

LOOKS_EVERY = 0.1  # seconds
HOLDS_FOR = 3.0  # seconds that it must stay safe
WHOLE_WITHIN = 60.0  # seconds from mending, after which somebody should look

Look = Callable[[], Awaitable[str]]


class Trial(Protocol):
    """One fault. Every method raises DrillRefused where it cannot do or see what it should."""

    async def prepare(self) -> str:
        """Find what to break; in words. Nothing is broken yet."""
        ...

    async def break_it(self) -> None:
        """From the end of this the time counts."""
        ...

    async def danger(self) -> str:
        """What is not safe; empty when it is."""
        ...

    async def mend(self) -> None:
        """Put everything back, however far it came."""
        ...

    async def lacking(self) -> str:
        """What is not as it was before; empty when all is."""
        ...


class Drill(NamedTuple):
    """One that can be asked for. `within`: seconds; `means`: what is safe; `needs_faults`: of simulated venues;
    `heals`: being whole again is something of its own, and waited for."""

    name: str
    within: float
    means: str
    needs_faults: bool
    heals: bool
    begin: Callable[[Scene], Trial]


async def carry_out(drill: Drill, scene: Scene, run: str, world: str, within: float) -> DrillResult:
    """One drill. `within`: seconds in which it must be safe; it is watched for at least twice its usual limit."""
    course, began_at = Course(drill, scene, within), scene.clock()
    await course.go()
    return DrillResult(
        run=run,
        name=drill.name,
        world=world,
        began_at=began_at,
        verdict=course.verdict,
        within=within,
        safe_after=course.safe_after,
        whole_after=course.whole_after,
        means=drill.means,
        detail="; ".join(words for words in (course.broken, course.trouble) if words),
        left_over=course.left_over,
    )


class Course:
    """What has been seen of one drill so far."""

    def __init__(self, drill: Drill, scene: Scene, within: float) -> None:
        self.broken = self.trouble = self.left_over = ""
        self.safe_after: float | None = None
        self.whole_after: float | None = None
        self._drill = drill
        self._scene = scene
        self._within = within
        self._trial = drill.begin(scene)
        self._is_broken = False

    @property
    def verdict(self) -> DrillVerdict:
        """Whether it was safe in time and stayed so, and everything is as it was."""
        if not self._is_broken or (self._scene.stopped.is_set() and self.safe_after is None):
            return "not_run"
        is_late = self.safe_after is None or self.safe_after > self._within
        return "failed" if is_late or self.trouble or self.left_over else "safe"

    async def go(self) -> None:
        """From beginning to end."""
        try:
            self.broken = await self._trial.prepare()
            if not self._scene.stopped.is_set():
                await self._break()
        except CrosscourtError as error:
            self.trouble = str(error)
        finally:
            await self._put_back()

    async def _break(self) -> None:
        self._is_broken = True
        await self._trial.break_it()
        longest = max(self._within, 2 * self._drill.within)
        self.safe_after, danger = await self._until(self._trial.danger, longest)
        if self.safe_after is None:
            self.trouble = f"not safe after {longest:g} s: {danger}"
        elif danger := await self._while_safe():
            self.trouble = f"not safe any more: {danger}"

    async def _put_back(self) -> None:
        try:
            await self._trial.mend()
        except CrosscourtError as error:
            self.left_over = f"could not be put back: {error}"
            return
        if self._is_broken and self._drill.heals and not self._scene.stopped.is_set():
            self.whole_after, lacking = await self._until(self._trial.lacking, WHOLE_WITHIN)
            if self.whole_after is None and not self._scene.stopped.is_set():
                self.left_over = f"not as before after {WHOLE_WITHIN:g} s: {lacking}"

    async def _until(self, look: Look, longest: float) -> tuple[float | None, str]:
        """When nothing is wrong, in seconds from now; what is wrong last where that does not come about."""
        began, wrong = time.monotonic(), "nobody has looked"
        while not self._scene.stopped.is_set():
            wrong = await _words(look)
            took = time.monotonic() - began
            if not wrong:
                return round(took, 3), ""
            if took > longest:
                return None, wrong
            await self._scene.pause(LOOKS_EVERY)
        return None, "stopped by hand"

    async def _while_safe(self) -> str:
        """The first danger that comes back within a while."""
        ends = time.monotonic() + HOLDS_FOR
        while time.monotonic() < ends and not self._scene.stopped.is_set():
            if danger := await _words(self._trial.danger):
                return danger
            await self._scene.pause(LOOKS_EVERY)
        return ""


async def _words(look: Look) -> str:
    """What cannot be seen is not safe."""
    try:
        return await look()
    except CrosscourtError as error:
        return str(error)
