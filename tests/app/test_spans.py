"""What a collector hears of a trace."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.domain.prices import MILLISECOND
from app.errors import FeedUnavailable
from tests.app.domain.test_traces import at, steps, trace

pytest.importorskip("opentelemetry.sdk", reason="the extra `otel` is not installed")
collected = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")

from app.spans import SpanSender, trace_number  # noqa: E402  # only where the extra is


class Collector(ThreadingHTTPServer):
    """Hears OTLP over HTTP, and keeps what it heard."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Ear)
        self.heard: list[bytes] = []
        self.paths: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Ear(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.heard.append(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
        self.server.paths.append(self.path)
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_trace_is_a_span_for_the_signal_and_one_for_each_stage(collector: Collector) -> None:
    first = steps(0, intended=0.5, durable=1, sent=1, accepted=41, filled=41, heard=41, booked=42, told=42.5)
    sender = SpanSender(collector.address, "0.1.0", "simulated")
    try:
        assert sender.send([trace(first)]) == 14
    finally:
        sender.close()
    assert collector.paths == ["/v1/traces"]
    (told,) = collected.ExportTraceServiceRequest.FromString(collector.heard[0]).resource_spans
    about = {each.key: each.value.string_value for each in told.resource.attributes}
    assert (about["service.name"], about["deployment.environment.name"]) == ("crosscourt", "simulated")
    spans = {span.name: span for span in told.scope_spans[0].spans}
    assert {int.from_bytes(span.trace_id) for span in spans.values()} == {trace_number("a-1")}
    assert {span.parent_span_id for name, span in spans.items() if name != "signal"} == {spans["signal"].span_id}
    assert spans["booked"].end_time_unix_nano - spans["booked"].start_time_unix_nano == MILLISECOND
    assert (spans["signal"].start_time_unix_nano, spans["signal"].end_time_unix_nano) == (at(-20), at(42.5))
    order = {each.key: each.value for each in spans["sent"].attributes}
    assert (order["crosscourt.order"].string_value, order["crosscourt.venue"].string_value) == ("a-1-0", "kalshi")


def test_a_collector_that_is_away_is_said_to_be() -> None:
    sender = SpanSender("http://127.0.0.1:9", "0.1.0", "real")
    sender._exporter._timeout = 0.2
    with pytest.raises(FeedUnavailable, match="took no traces"):
        sender.send([trace()])
    sender.close()
