"""Traces as OpenTelemetry has them, sent over OTLP/HTTP. Needs the extra `otel`, so nobody imports it who does not send
any."""

import hashlib
from collections.abc import Iterator, Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, TraceFlags

from app.domain.traces import Stage, Trace
from app.errors import FeedUnavailable

PATH = "/v1/traces"
SCOPE = InstrumentationScope("crosscourt")
SENT_WITHIN = 5.0  # seconds


class SpanSender:
    """Sends to one collector. Its calls wait: not for a loop that anything else runs on."""

    def __init__(self, endpoint: str, version: str, world: str) -> None:
        """`endpoint`: without the path, as `http://127.0.0.1:4318`."""
        self._endpoint = endpoint.rstrip("/").removesuffix(PATH)
        self._exporter = OTLPSpanExporter(endpoint=self._endpoint + PATH, timeout=SENT_WITHIN)
        named = {"service.name": "crosscourt", "service.version": version, "deployment.environment.name": world}
        self._resource = Resource(named)

    def send(self, traces: Sequence[Trace]) -> int:
        """All spans of these; how many. One that is sent again is the same span again. Raises FeedUnavailable."""
        spans = [span for trace in traces for span in self._spans(trace)]
        if spans and self._exporter.export(spans) is not SpanExportResult.SUCCESS:
            raise FeedUnavailable(f"{self._endpoint} took no traces")
        return len(spans)

    def close(self) -> None:
        """Let the connection go."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def _spans(self, trace: Trace) -> Iterator[ReadableSpan]:
        known = [stage for stage in trace.stages if stage.at]
        root = _context(trace, "signal")
        yield ReadableSpan(
            name="signal",
            context=root,
            resource=self._resource,
            attributes={"crosscourt.signal": trace.signal_id, "crosscourt.account": trace.account},
            start_time=min(stage.at for stage in known),
            end_time=max(stage.at for stage in known),
            instrumentation_scope=SCOPE,
        )
        for stage in known:
            yield self._span(trace, stage, root)

    def _span(self, trace: Trace, stage: Stage, root: SpanContext) -> ReadableSpan:
        about = {
            "crosscourt.order": stage.order_id,
            "crosscourt.venue": stage.venue,
            "crosscourt.leg": stage.leg,
            "crosscourt.budget_ms": stage.budget,
        }
        return ReadableSpan(
            name=stage.name,
            context=_context(trace, f"{stage.order_id}:{stage.name}"),
            parent=root,
            resource=self._resource,
            attributes={name: value for name, value in about.items() if value is not None},
            start_time=stage.at - max(0, stage.took or 0),
            end_time=stage.at,
            instrumentation_scope=SCOPE,
        )


def trace_number(signal_id: str) -> int:
    """The trace id of a signal, always the same."""
    return int.from_bytes(hashlib.sha256(signal_id.encode()).digest()[:16])


def _context(trace: Trace, name: str) -> SpanContext:
    span = hashlib.sha256(f"{trace.signal_id}:{name}".encode()).digest()[:8]
    return SpanContext(
        trace_number(trace.signal_id), int.from_bytes(span), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )
