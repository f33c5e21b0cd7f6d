"""ESPN's endpoints: scoreboards by Eastern day, and team lists."""

from datetime import date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.answers import answer, refusal
from app.sandbox.messages import EASTERN, Message, moment, parts, text
from app.sandbox.paging import BadParameter, whole_number
from app.sandbox.stages import Stage

SPORTS = frozenset({"baseball", "basketball", "football", "hockey", "mma", "soccer", "tennis"})
_WEEK = timedelta(days=3)  # football shows the week around today when no day is asked for


def espn_routes(stage: Stage) -> list[Route]:
    """Everything under `/apis/site/v2/sports`."""

    async def scoreboard(request: Request) -> Response:
        sport, path = _path(request)
        if sport not in SPORTS:
            return refusal(404, {"code": 404, "message": f"no such sport: {sport}"})
        try:
            first, last = _days(request.query_params.get("dates", ""), sport, stage.now())
            limit = whole_number(request.query_params, "limit", 1000)
        except BadParameter as error:
            return refusal(400, {"code": 400, "message": str(error)})
        board = stage.scoreboard(path, request.query_params.get("groups", ""))
        events = [event for event in parts(board, "events") if first <= _eastern_day(event) <= last]
        return answer(request, {**board, "events": events[:limit]}, stage.changed_at())

    async def teams(request: Request) -> Response:
        return answer(request, stage.teams(_path(request)[1]), stage.changed_at())

    return [Route("/{sport}/{league}/scoreboard", scoreboard), Route("/{sport}/{league}/teams", teams)]


def _path(request: Request) -> tuple[str, str]:
    sport = request.path_params["sport"]
    return sport, f"{sport}/{request.path_params['league']}"


def _days(written: str, sport: str, now: datetime) -> tuple[date, date]:
    if not written:
        today = now.astimezone(EASTERN).date()
        return (today - _WEEK, today + _WEEK) if sport == "football" else (today, today)
    first, _, last = written.partition("-")
    try:
        return _day(first), _day(last or first)
    except ValueError as error:
        raise BadParameter(f"invalid dates: {written}") from error


def _day(written: str) -> date:
    return datetime.strptime(written, "%Y%m%d").date()


def _eastern_day(event: Message) -> date:
    at = moment(text(event, "date"))
    return at.astimezone(EASTERN).date() if at else date.min
