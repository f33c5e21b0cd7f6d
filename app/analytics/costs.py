"""What it costs to run: CPU and memory as they were used, and what that is worth a month on Fargate.

Fargate (Linux, x86, us-east-1) charges $0.04048 for a vCPU and $0.004445 for a GB an hour, in fixed sizes of task, as
its public price list says. The owner reckoned with 720 hours: seven services of a quarter vCPU and half a GB each are
$62 a month; $38 is what he hoped for.
"""

from collections.abc import Sequence

import msgspec

from app.domain.reports import Used

VCPU_HOUR, GB_HOUR = 0.04048, 0.004445  # dollars
HOURS = 720  # of a month
OWNERS = {"seven services": 62, "hoped for": 38}  # dollars a month
GIB = 1 << 30
SIZES: Sequence[tuple[float, Sequence[float]]] = (  # vCPUs, and the GB that they are offered with
    (0.25, (0.5, 1, 2)),
    (0.5, (1, 2, 3, 4)),
    (1, (2, 3, 4, 5, 6, 7, 8)),
    (2, (4, 5, 6, 7, 8, 12, 16)),
    (4, (8, 12, 16, 20, 24, 30)),
)


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Of all processes together. `cores`: busy on average; `memory`: bytes, at most; `vcpu`, `gb`: the smallest task
    that is offered for them; `dollars`: of that task a month."""

    cpu_seconds: float
    hours: float
    cores: float
    memory: int
    vcpu: float
    gb: float
    dollars: float


def cost_of(used: Sequence[Used]) -> Cost | None:
    """None: nothing was watched, or no task is large enough."""
    seconds = max((each.seconds for each in used), default=0.0)
    if not seconds:
        return None
    cpu, memory = sum(each.cpu for each in used), sum(each.memory for each in used)
    task = smallest_task(cpu / seconds, memory / GIB)
    if task is None:
        return None
    return Cost(
        cpu_seconds=round(cpu, 1),
        hours=round(seconds / 3_600, 3),
        cores=round(cpu / seconds, 3),
        memory=memory,
        vcpu=task[0],
        gb=task[1],
        dollars=round(monthly(*task), 2),
    )


def smallest_task(cores: float, gb: float) -> tuple[float, float] | None:
    """The cheapest that has as much of both; None: there is none.

    >>> smallest_task(0.2, 0.4), smallest_task(0.2, 3.5), smallest_task(9, 1)
    ((0.25, 0.5), (0.5, 4), None)
    """
    fit = [(vcpu, size) for vcpu, sizes in SIZES for size in sizes if vcpu >= cores and size >= gb]
    return min(fit, key=lambda task: monthly(*task), default=None)


def monthly(vcpu: float, gb: float) -> float:
    """Dollars of a task that runs all month.

    >>> round(7 * monthly(0.25, 0.5))
    62
    """
    return HOURS * (vcpu * VCPU_HOUR + gb * GB_HOUR)
