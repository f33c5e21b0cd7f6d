"""Every measure, as Prometheus reads them."""

from fastapi import APIRouter, Request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.responses import PlainTextResponse, Response

from routers.access import needs
from routers.errors import problems
from routers.measures.families import sheet
from routers.measures.readings import Readings

router = APIRouter(tags=["health"], dependencies=[needs("read")])


@router.get(
    "/metrics",
    summary="Measures, for Prometheus",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"example": "crosscourt_redis_up 1.0\n"}}}, **problems()},
)
async def read_metrics(request: Request) -> Response:
    """Workers, feeds, the funnel, orders, money, stores and the machine, in Prometheus's text format; names stay, and
    `docs/observability.md` says what each means. What a store cannot tell now is missing, and `crosscourt_unread` says
    so. Counts of whole tables are up to ten seconds old."""
    readings: Readings = request.state.readings
    return Response(sheet(await readings.samples()), media_type=CONTENT_TYPE_PLAIN_0_0_4)
