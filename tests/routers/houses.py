"""The whole application over real servers, asked in process; with the workers that are named."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.main import create_app
from app.resources import Resources
from app.settings import ApiSettings, DatabaseSettings, RedisSettings, Settings

_ROUTES: list[BaseRoute] = []


class House:
    """An open application: `ask` it over HTTP, put things into its `hot` and `history`."""

    def __init__(self, app: FastAPI, state: Mapping[str, object], settings: Settings) -> None:
        self.app = app
        self.state = state
        self.settings = settings
        resources = state["resources"]
        assert isinstance(resources, Resources)
        self.resources = resources
        self.hot = resources.hot
        self.history = resources.history
        self.ask = httpx.AsyncClient(
            transport=httpx.ASGITransport(with_state(app, state), raise_app_exceptions=False),
            base_url="http://localhost:8000",
        )

    @property
    def admin_key(self) -> str:
        return (self.settings.data_dir / "admin.key").read_text().strip()

    @property
    def as_admin(self) -> dict[str, str]:
        return {"X-API-Key": self.admin_key}


def with_state(app: ASGIApp, state: Mapping[str, object]) -> ASGIApp:
    """What a server does with the lifespan's state: each call gets a copy."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    return serve


def settings_for(database_url: str, redis_url: str, data_dir: Path, **api: object) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=data_dir,
        database=DatabaseSettings(url=SecretStr(database_url)),
        redis=RedisSettings(url=SecretStr(redis_url)),
        api=ApiSettings.model_validate(api),
    )


@asynccontextmanager
async def open_house(settings: Settings, worker_names: Sequence[str] = ()) -> AsyncIterator[House]:
    app = _with_known_routes(create_app(settings, worker_names))
    async with app.router.lifespan_context(app) as state:
        assert state is not None
        house = House(app, state, settings)
        async with house.ask:
            yield house


def _with_known_routes(app: FastAPI) -> FastAPI:
    """Applications differ in settings, never in routes: those of the first serve all, for what is worked out of each
    at its first call takes longer than most tests."""
    if not _ROUTES:
        _ROUTES.extend(app.router.routes)
    app.router.routes[:] = _ROUTES
    return app
