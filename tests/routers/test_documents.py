"""What the document shows of the hot routes is what they read and write."""

import msgspec
import pytest
from pydantic import BaseModel

from app.domain import answers, questions
from app.domain.teams import MatchContext
from routers import match
from routers.answers import TeamAnswer
from routers.questions import BatchQuestion, ContextQuestion, MatchQuery, MatchQuestion, ResolveQuestion


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        (MatchQuestion, questions.MatchRequest),
        (MatchQuery, questions.MatchRequest),
        (ResolveQuestion, questions.ResolveRequest),
        (ContextQuestion, MatchContext),
        (match.MatchAnswer, answers.MatchAnswer),
        (match.ResolveAnswer, answers.ResolveAnswer),
        (TeamAnswer, answers.TeamAnswer),
    ],
)
def test_a_shape_has_the_fields_that_are_read_and_written(shown: type[BaseModel], read: type[msgspec.Struct]) -> None:
    fields = msgspec.structs.fields(read)
    assert list(shown.model_fields) == [field.name for field in fields]
    needed = {name for name, field in shown.model_fields.items() if field.is_required()}
    assert needed == {field.name for field in fields if field.required}


def test_examples_of_questions_can_be_asked() -> None:
    for model in (MatchQuestion, BatchQuestion, ResolveQuestion):
        example = msgspec.json.encode(model.model_json_schema()["example"])
        if model is BatchQuestion:
            assert [questions.read_match_request(pair) for pair in questions.read_pairs(example)]
        else:
            read = questions.read_match_request if model is MatchQuestion else questions.read_resolve_request
            assert read(example)
