"""`.env.example` names every setting there is, nothing else, and says the defaults as they are."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[1]
WITHOUT_DEFAULT = {  # shown by example
    *("DATABASE__URL", "REDIS__URL", "MATCHING__HTTP_URL", "MATCHING__API_KEY"),
    *("SIMULATION__CLOCK_URL", "POSTGRES_PASSWORD"),
    *("POLYMARKET__PROXY", "KALSHI__KEY_ID", "KALSHI__PRIVATE_KEY_FILE"),
    *("POLYMARKET__PRIVATE_KEY_FILE", "POLYMARKET__PRIVATE_KEY", "POLYMARKET__FUNDER"),
    "ARCHIVE__TARGET",
    "TRACING__OTLP_ENDPOINT",
}
LINE = re.compile(r"^# ([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def settings_of(group: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """The names of a group's settings as the environment spells them."""
    for name, field in group.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_of(field.annotation, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}"


@pytest.fixture
def lines() -> list[tuple[str, str]]:
    return LINE.findall((ROOT / ".env.example").read_text(encoding="utf-8"))


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own without settings, in the file or in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in settings_of(Settings):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_example_names_exactly_the_settings_there_are(lines: list[tuple[str, str]]) -> None:
    asked_by_compose = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    names = [name for name, _ in lines]
    assert sorted(names) == sorted({*settings_of(Settings), *asked_by_compose})


def test_values_shown_are_the_defaults(lines: list[tuple[str, str]], nowhere: Path) -> None:
    shown = [f"{name}={value}" for name, value in lines if name not in WITHOUT_DEFAULT]
    defaults = load_settings()
    (nowhere / ".env").write_text("\n".join(shown), encoding="utf-8")
    assert load_settings() == defaults


@pytest.mark.usefixtures("nowhere")
def test_values_shown_by_example_are_understood(lines: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in lines:
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.redis.url is not None
    assert settings.simulation.is_on
