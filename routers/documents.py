"""The OpenAPI document: what FastAPI reads off the routes, and the shapes that no signature names."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from routers.errors import Problem
from routers.questions import BatchQuestion, MatchQuestion, ResolveQuestion

UNNAMED: tuple[type[BaseModel], ...] = (Problem, BatchQuestion, MatchQuestion, ResolveQuestion)

_PLACE = "#/components/schemas/{model}"


def asks(model: type[BaseModel]) -> dict[str, object]:
    """`openapi_extra` of a direct route: its body is read as this."""
    schema = {"$ref": _PLACE.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def asks_in_url(model: type[BaseModel]) -> dict[str, object]:
    """`openapi_extra` of a direct route: its query is read as this."""
    schemas = model.model_json_schema(ref_template=_PLACE)["properties"]
    return {
        "parameters": [
            {"in": "query", "name": name, "required": field.is_required(), "schema": schemas[name]}
            for name, field in model.model_fields.items()
        ]
    }


def openapi_of(app: FastAPI) -> dict[str, object]:
    """The document, with every shape in it under its name."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        license_info=app.license_info,
    )
    _, shapes = models_json_schema([(model, "validation") for model in UNNAMED], ref_template=_PLACE)
    document["components"]["schemas"] |= shapes["$defs"]
    return document
