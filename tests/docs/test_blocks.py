"""Every block of every page says what it is; what is not run has a reason that holds, and names what exists."""

import pytest

from tests.docs.blocks import JSON, LANGUAGES, SESSION, SHELL, Block, blocks, pages, spans
from tests.docs.reasons import refusal
from tests.docs.tongues import SPOKEN, misspoken

PAGES = pages()


@pytest.mark.parametrize("page", PAGES)
def test_each_block_says_what_it_is(page: str) -> None:
    strange = [f"{each.where}: {each.language or 'nothing'}" for each in blocks(page) if each.language not in LANGUAGES]
    assert not strange, f"a fence names one of {sorted(LANGUAGES)}"


@pytest.mark.parametrize("page", PAGES)
def test_what_is_not_run_has_a_reason_that_holds(page: str) -> None:
    assert [said for said in (refusal(each) for each in blocks(page) if each.not_run) if said] == []


@pytest.mark.parametrize("page", PAGES)
def test_each_command_names_what_exists(page: str) -> None:
    written = [(each.where, line) for each in blocks(page) for line in each.commands]
    written += [(page, span) for span in spans(page) if span.startswith(SPOKEN)]
    wrong = {f"{where}: {line}": said for where, line in written if (said := misspoken(line))}
    assert wrong == {}


def test_a_reason_that_does_not_hold_is_refused() -> None:
    def block(text: str, mark: str, language: str = SHELL) -> Block:
        return Block("a.md", 1, language, text, mark)

    assert refusal(block("make run\n", "not run: starts a platform")) == ""
    assert "does not hold" in refusal(block("crosscourt keys list\n", "not run: starts a platform"))
    assert "does not hold" in refusal(block("make run\ncurl -s localhost:8000/games\n", "not run: starts a platform"))
    assert "does not hold" in refusal(block("make run\n", "not run: starts a platform; takes minutes"))
    assert "is none of" in refusal(block("crosscourt keys list\n", "not run: no time"))
    assert refusal(block('{"type":"restored","at":"…"}\n', "not run: is seldom told", JSON)) == ""
    assert "is no reason" in refusal(block('{"type":"prices"}\n', "not run: is seldom told", JSON))


def test_commands_are_whole_lines_and_what_is_typed_at_a_prompt() -> None:
    text = "# first\ncurl -s localhost:8000/match \\\n  -d '{}'   # a question\n\ncrosscourt keys list\n"
    assert len(Block("a.md", 1, SHELL, text, "").commands) == 2
    session = "$ python -m websockets ws://localhost\n< {}\n> {}\n"
    assert Block("a.md", 1, SESSION, session, "").commands == ["python -m websockets ws://localhost"]


def test_what_does_not_exist_is_named() -> None:
    assert misspoken("crosscourt keys make my-bot") == "no command make"
    assert misspoken("crosscourt keys create my-bot --scop read") == "--scop"
    assert misspoken("crosscourt keys create my-bot --scope read") == ""
    assert misspoken("make runn") == "runn"
    assert misspoken(".venv/bin/python examples/no_bot.py") == "examples/no_bot.py"
    assert misspoken(".venv/bin/python examples/first_bot.py --key-file first-bot.key") == ""
