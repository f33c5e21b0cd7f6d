"""The document that describes the API: complete enough to write a client from."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.main import TAGS, ask_names, create_app
from app.settings import Settings
from routers.accounts import AccountBooksAnswer
from routers.discovery import DiscoveredGameAnswer
from routers.games import GameLinksAnswer
from routers.health import ReadyAnswer, WorkersAnswer
from routers.listings import ListingAnswer
from routers.match import BatchEntry
from routers.portfolio_answers import PortfolioAnswer
from routers.position_answers import PositionAnswer, PositionWholeAnswer
from routers.trading_answers import (
    FillAnswer,
    IncidentAnswer,
    InstructionAnswer,
    OrderAnswer,
    OrderWholeAnswer,
    TradeAnswer,
)

TRADING = (
    AccountBooksAnswer,
    FillAnswer,
    IncidentAnswer,
    InstructionAnswer,
    OrderAnswer,
    OrderWholeAnswer,
    TradeAnswer,
)
MONEY = (PortfolioAnswer, PositionAnswer, PositionWholeAnswer)
MATCHED = (BatchEntry, DiscoveredGameAnswer, GameLinksAnswer, ListingAnswer, ReadyAnswer, WorkersAnswer)
EXAMPLES: dict[str, type[BaseModel]] = {model.__name__: model for model in MATCHED}
NOT_JSON = {  # pages, a spreadsheet, measures, nothing at all
    *("get /open", "get /analytics/daily/{day}/page", "get /ledger", "get /metrics", "delete /keys/{key_id}"),
}
Document = dict[str, Any]
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    folder: Path = tmp_path_factory.mktemp("data")
    return create_app(Settings(_env_file=None, data_dir=folder)).openapi()


def operations(document: Document) -> list[tuple[str, Document]]:
    return [(f"{method} {path}", each) for path, item in document["paths"].items() for method, each in item.items()]


def has_example(document: Document, schema: Document, depth: int = 0) -> bool:
    """Its own example, or one for each of its fields."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if depth > 8 or any(key in schema for key in ("example", "examples", "default", "enum", "const")):
        return True
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])[:1]]
    inner += [schema["items"]] if "items" in schema else []
    plain = schema.get("type") in ("string", "integer", "number", "boolean", "object", "null")
    return all(has_example(document, each, depth + 1) for each in inner) if inner else plain


def test_every_route_has_a_name_a_summary_a_description_and_a_tag(document: Document) -> None:
    known = {tag["name"] for tag in TAGS}
    names = [each["operationId"] for _, each in operations(document)]
    assert len(names) == len(set(names)) > 15
    for route, each in operations(document):
        assert each["summary"], route
        assert each["description"], route
        assert set(each["tags"]) <= known, route


def test_every_route_answers_problems(document: Document) -> None:
    for route, each in operations(document):
        assert each["responses"]["default"]["content"]["application/problem+json"] == PROBLEM, route
        for status, answer in each["responses"].items():
            if status.startswith(("4", "5")):
                assert list(answer["content"]) == ["application/problem+json"], f"{route} {status}"
    assert "remedy" in document["components"]["schemas"]["Problem"]["required"]


def test_every_route_may_meet_the_gate(document: Document) -> None:
    for route, each in operations(document):
        assert {"421", "429"} <= set(each["responses"]), route


def test_examples_are_answers_that_could_be_given(document: Document) -> None:
    told = {
        name: schema["example"] for name, schema in document["components"]["schemas"].items() if "example" in schema
    }
    assert EXAMPLES.keys() <= told.keys()
    for name, model in EXAMPLES.items():
        read = model.model_validate(told[name])
        assert set(read.model_dump(exclude_none=True)) == set(told[name]), name


@pytest.mark.parametrize("model", [*TRADING, *MONEY])
def test_examples_of_orders_and_money_hold(model: type[BaseModel]) -> None:
    example = model.model_json_schema()["example"]
    assert set(model.model_validate(example).model_dump()) == set(example)


def test_every_body_and_answer_has_an_example(document: Document) -> None:
    for route, each in operations(document):
        bodies = [each.get("requestBody", {}), *each["responses"].values()]
        contents = [
            body["content"]["application/json"] for body in bodies if "application/json" in body.get("content", {})
        ]
        schemas = [content["schema"] for content in contents]
        assert schemas or route in NOT_JSON, route
        for schema in schemas:
            assert has_example(document, schema), route


def test_every_route_but_the_open_ones_names_its_key(document: Document) -> None:
    open_to_all = {route for route, each in operations(document) if "security" not in each}
    assert open_to_all == {"get /health/live", "get /open"}


@pytest.mark.parametrize(
    ("workers", "ask"),
    [
        (["game_shard", "polymarket_monitor", "position_tracker", "settler"], False),
        (["game_shard", "market_searcher"], True),
        (["execution"], True),  # it brings who judges signals
    ],
)
def test_only_who_asks_the_matcher_needs_its_indexes(workers: list[str], ask: bool) -> None:
    assert ask_names(Settings(), workers) is ask
