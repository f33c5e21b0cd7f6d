"""Every measure there is: its name with the unit, what it says, and its labels. Names stay: dashboards and alerts ask
for them (`docs/observability.md`)."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

TOTAL = "_total"


class Family(NamedTuple):
    """One measure."""

    name: str
    kind: Literal["gauge", "counter"]
    words: str
    labels: tuple[str, ...] = ()


class Sample(NamedTuple):
    """One figure of it. `labels`: values in the family's order."""

    name: str
    value: float
    labels: tuple[str, ...] = ()


def _gauge(name: str, words: str, *labels: str) -> Family:
    return Family(f"crosscourt_{name}", "gauge", words, labels)


def _counter(name: str, words: str, *labels: str) -> Family:
    return Family(f"crosscourt_{name}{TOTAL}", "counter", words, labels)


WORKER = ("worker", "process", "holder")
MONEY = ("account", "kind", "world")

FAMILIES: tuple[Family, ...] = (
    _gauge("build_info", "Always 1: which version this is, and whose money it trades.", "version", "mode", "world"),
    _gauge("unread", "1 while this part could not be read, so that its measures are missing.", "part"),
    # workers
    _gauge("worker_up", "1: its last round is not late; 0: it is late, or missing.", *WORKER),
    _gauge("worker_beat_age_seconds", "Since its last round ended.", *WORKER),
    _gauge("worker_interval_seconds", "Between two of its rounds, as it is set.", *WORKER),
    _gauge("worker_round_seconds", "How long its last round took.", *WORKER),
    _counter("worker_rounds", "Rounds since it began.", *WORKER),
    _counter("worker_failures", "Rounds that fell; after each it was started again.", *WORKER),
    _gauge("worker_start_timestamp_seconds", "When it began; a change is a restart of its process.", *WORKER),
    _gauge("worker_count", "What its last round did, by name.", *WORKER, "count"),
    _gauge("event_loop_lag_seconds", "How late a process was, at worst, between two beats.", "process", "holder"),
    # what is heard
    _counter("requests", "Asked of a host over HTTP.", "feed"),
    _counter("request_answers", "Answered by it.", "feed"),
    _counter("request_not_modified", "Answered that nothing has changed.", "feed"),
    _counter("response_bytes", "Read from it.", "feed"),
    _counter("request_troubles", "What went wrong there, by kind.", "feed", "trouble"),
    _gauge("feed_age_seconds", "Since a venue's monitor last looked.", "venue"),
    _gauge("feed_proof_age_seconds", "Since any connection of a venue last carried data.", "venue"),
    _counter("feed_frames", "Messages heard of a venue.", "venue"),
    _counter("feed_connections", "Connections opened to it.", "venue"),
    _counter("feed_reconnects", "Connections that were lost, and opened anew.", "venue"),
    _counter("feed_gaps", "Messages missed, by the venue's own numbers.", "venue"),
    _counter("feed_resyncs", "Books read anew because something was wrong with them.", "venue"),
    _gauge("feed_clock_skew_seconds", "How far the venue's clock is ahead of ours.", "venue"),
    _gauge("books", "Followed, and known.", "venue"),
    _gauge("books_fresh", "Of them: proved a moment ago.", "venue"),
    _gauge("books_in_doubt", "Books that nobody may use now, by reason.", "venue", "reason"),
    _gauge("core_inputs_per_second", "Told to a trading core: quotes, scores, links, ticks.", "holder"),
    # why there are signals, and why not
    _gauge("games", "That cores work on."),
    _gauge("games_linked", "Of them: with tradable contracts at two venues."),
    _gauge("combinations", "Of contracts that could be an edge together, now.", "detector"),
    _counter("funnel", "Combinations that came to stand there, since the cores began.", "stage", "reason"),
    _gauge("funnel_standing", "Combinations that stand there now.", "stage", "reason"),
    _counter("signals_sent", "Signals that passed everything.", "account", "detector", "world"),
    # orders and what came of them
    _gauge("orders", "By how they stand.", "venue", "kind", "world", "state"),
    _gauge("orders_resting_halted", "Orders that lie at a venue although a halt covers them."),
    _counter("fills", "That no venue has taken back.", "venue", "kind", "world"),
    _gauge("trades", "By how they ended; `open` go on.", "account", "status"),
    _gauge("halts", "In force.", "scope"),
    _gauge("incidents_open", "That are not over.", "incident"),
    _gauge("reconciled", "1: what we have is what the venues have; missing while nobody compares."),
    _gauge("reconciled_age_seconds", "Since that was compared."),
    # money
    _gauge("account_equity_dollars", "Cash and what is held.", *MONEY),
    _gauge("account_cash_dollars", "In its books.", *MONEY),
    _gauge("account_exposure_dollars", "What is held has cost, and what open orders may still cost.", *MONEY),
    _gauge("account_profit_dollars", "Equity less what was put in.", *MONEY),
    _gauge("account_profit_today_dollars", "Since midnight, UTC.", *MONEY),
    _gauge("account_realised_dollars", "Of sales and settlements, without fees.", *MONEY),
    _gauge("account_unrealised_dollars", "Of what is held, as it is marked.", *MONEY),
    _gauge("account_fees_dollars", "Paid in all.", *MONEY),
    _gauge("account_drawdown_ratio", "Share lost of the highest equity.", *MONEY),
    _gauge("account_positions", "That hold something.", *MONEY),
    _gauge("account_balanced", "1: its books add up.", *MONEY),
    _gauge("drawdown_limit_ratio", "`soft`: stakes are halved; `hard`: nothing is opened.", "limit"),
    # stores and the machine
    _gauge("redis_up", "1: it answers."),
    _gauge("redis_ping_seconds", "How long it took to answer."),
    _gauge("redis_memory_bytes", "Used by its data."),
    _gauge("redis_keys", "It holds."),
    _gauge("postgres_up", "1: it answers."),
    _gauge("postgres_ping_seconds", "How long it took to answer."),
    _gauge("postgres_size_bytes", "Of the database."),
    _gauge("postgres_pool_connections", "Of this process.", "state"),
    _gauge("postgres_pool_limit", "Connections that this process may have."),
    _counter("process_cpu_seconds", "Used by this process."),
    _gauge("process_memory_bytes", "Resident, of this process."),
    _gauge("process_start_timestamp_seconds", "When this process began."),
    _gauge("usage_cpu_ratio", "Cores in use by a kind of process, when that was last noted.", "process"),
    _gauge("usage_memory_bytes", "Likewise, of memory.", "process"),
    _gauge("disk_free_bytes", "Where the data directory is."),
    _gauge("disk_size_bytes", "Of that disk."),
    _gauge("tape_files", "Of the tape."),
    _gauge("tape_bytes", "Of the tape."),
    _gauge("tape_age_seconds", "Since anything was written to it."),
    _gauge("archive_files", "In the archive."),
    _gauge("archive_bytes", "In the archive."),
)

_BY_NAME = {family.name: family for family in FAMILIES}


class _Sheet(Collector):
    def __init__(self, samples: Iterable[Sample]) -> None:
        self._samples = samples

    def collect(self) -> Iterator[Metric]:
        told = {family.name: _metric(family) for family in FAMILIES}
        for sample in self._samples:
            assert len(sample.labels) == len(_BY_NAME[sample.name].labels)
            told[sample.name].add_metric(sample.labels, sample.value)
        yield from told.values()


def sheet(samples: Iterable[Sample]) -> bytes:
    """All measures as Prometheus reads them; those of which nothing is known with their names alone."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Sheet(samples))
    return generate_latest(registry)


def _metric(family: Family) -> GaugeMetricFamily | CounterMetricFamily:
    if family.kind == "counter":
        return CounterMetricFamily(family.name.removesuffix(TOTAL), family.words, labels=family.labels)
    return GaugeMetricFamily(family.name, family.words, labels=family.labels)
