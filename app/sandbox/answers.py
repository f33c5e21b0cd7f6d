"""Answers over HTTP: JSON with ETag and Last-Modified, so that conditional polling works as with the real hosts."""

import hashlib
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app.sandbox.messages import Message

_JSON = "application/json; charset=utf-8"


def answer(request: Request, payload: object, changed_at: datetime) -> Response:
    """The payload as JSON, or 304 when the caller has it already."""
    body = msgspec.json.encode(payload)
    tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    stamped = {"ETag": tag, "Last-Modified": format_datetime(changed_at.replace(microsecond=0), usegmt=True)}
    if _is_known(request, tag, changed_at):
        return Response(status_code=304, headers=stamped)
    return Response(body, media_type=_JSON, headers=stamped)


def refusal(status: int, payload: Message) -> Response:
    """An error in the host's own words."""
    return Response(msgspec.json.encode(payload), status_code=status, media_type=_JSON)


def _is_known(request: Request, tag: str, changed_at: datetime) -> bool:
    held = request.headers.get("if-none-match")
    if held is not None:
        return tag in {item.strip() for item in held.split(",")}
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and changed_at.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
