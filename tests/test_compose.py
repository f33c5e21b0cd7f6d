"""No engine here runs containers, so what `compose.yaml` says is held against what it speaks of: the compose
specification, the command, the roster of workers and the settings."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from app.cli import command
from app.errors import SettingsRefused
from app.settings import Settings, load_settings
from workers.roster import Worker, pick, roster

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "compose.yaml"
COMPOSE = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES: Mapping[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "crosscourt"}
OUTWARD = {"win_probability_poller", "game_poller", "market_searcher", "team_refresher", "execution", "settler"}
PROXY = "socks5://127.0.0.1:1080"


def in_set(name: str) -> dict[str, Any]:
    """What one profile starts of ours."""
    return {each: service for each, service in OURS.items() if name in service["profiles"]}


def workers_of(service: Mapping[str, Any]) -> list[str]:
    said = service["command"][service["command"].index("--workers") + 1]
    return [] if said == "none" else said.split(",")


def named(workers: list[str]) -> list[Worker]:
    return list(pick(roster(Settings()), workers))


def check(file: Path) -> subprocess.CompletedProcess[str]:
    """Against the schema of the specification, as the checker brings it."""
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(words, capture_output=True, text=True)


def test_the_file_is_one_of_the_specification() -> None:
    done = check(FILE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_slip_is_seen_by_the_same_check(tmp_path: Path) -> None:
    slip = tmp_path / "compose.yaml"
    slip.write_text(FILE.read_text(encoding="utf-8").replace("cap_drop:", "drop_caps:"), encoding="utf-8")
    done = check(slip)
    assert done.returncode == 1
    assert "drop_caps" in done.stdout


@pytest.mark.parametrize("name", OURS)
def test_the_command_takes_what_a_service_gives_it(name: str) -> None:
    first, *words = OURS[name]["command"]
    context = get_command(command).get_command(None, first).make_context(first, list(words))
    assert context.params["workers"] == OURS[name]["command"][2]
    assert context.params["no_api"] is ("ports" not in OURS[name])
    assert context.params["log"] == "json"
    named(workers_of(OURS[name]))  # refuses a worker that does not exist


@pytest.mark.parametrize("profile", ["simple", "full"])
def test_each_set_runs_every_worker_there_is(profile: str) -> None:
    services = in_set(profile).values()
    assert {worker for service in services for worker in workers_of(service)} == {
        worker.name for worker in roster(Settings())
    }


@pytest.mark.parametrize("profile", ["simple", "full"])
def test_no_set_has_two_services_for_a_worker_that_runs_in_one_process(profile: str) -> None:
    services = in_set(profile).values()
    counted = Counter(
        worker.name for service in services for worker in named(workers_of(service)) if not worker.runs_in_each
    )
    assert set(counted.values()) == {1}


@pytest.mark.parametrize(("service", "process"), [("market_discovery", "discovery"), ("api", "trading")])
def test_of_the_simple_set_each_service_is_one_process_of_the_plain_command(service: str, process: str) -> None:
    assert workers_of(OURS[service]) == [worker.name for worker in roster(Settings()) if worker.process == process]


def test_the_simple_set_is_what_comes_up_by_itself() -> None:
    """A service without a profile would be in both sets."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(r"^COMPOSE_PROFILES=(.*)$", example, re.MULTILINE) == ["simple"]
    assert all(service["profiles"] for service in SERVICES.values())
    assert in_set("simple").keys() == {"market_discovery", "api"}
    assert {"redis", "postgres"} <= {
        name for name, each in SERVICES.items() if {"simple", "full"} <= {*each["profiles"]}
    }


def test_what_may_run_more_than_once_has_replicas() -> None:
    """An API without workers, and shards; whatever has a lock waits for it in vain."""
    for name, service in in_set("full").items():
        if service.get("deploy", {}).get("replicas", 1) > 1:
            assert all(worker.runs_in_each for worker in named(workers_of(service))), name
    assert {name for name, each in OURS.items() if "deploy" in each} == {"api_replica", "game_shard"}


def test_every_service_names_what_its_workers_bring() -> None:
    for service in OURS.values():
        assert [worker.name for worker in named(workers_of(service))] == workers_of(service)


def test_only_addresses_of_this_machine_are_published() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(published) == 2
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert all("network_mode" not in service for service in SERVICES.values())


def test_every_port_of_the_api_has_a_replica_to_take_it() -> None:
    first, last = map(int, re.findall(r":(\d+)-(\d+):", OURS["api_replica"]["ports"][0])[0])
    assert OURS["api_replica"]["deploy"]["replicas"] <= last - first + 1


def test_no_secret_is_written_down() -> None:
    given = [pair for service in SERVICES.values() for pair in service.get("environment", {}).items()]
    passwords = [value for name, value in given if "PASSWORD" in name]
    passwords += [found[1] for _, value in given if (found := re.search(r"://\w+:(.+)@", value))]
    assert passwords
    assert all(re.fullmatch(r"\$\{.+\}", password) for password in passwords)


def test_nothing_of_ours_may_write_outside_its_data_or_gain_rights() -> None:
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["volumes"] == [f"data:{service['environment']['DATA_DIR']}"]


def test_who_asks_nobody_outside_has_no_way_out() -> None:
    assert COMPOSE["networks"]["stores"] == {"internal": True}
    assert all(service["networks"] == ["stores"] for name, service in SERVICES.items() if name not in OURS)
    for name, service in OURS.items():
        asks = {*workers_of(service)} & OUTWARD or name.endswith("_monitor") or "ports" in service
        assert len(service["networks"]) == (2 if asks else 1), name


def test_who_holds_polymarkets_sockets_may_have_a_way_of_its_own_and_nobody_else() -> None:
    full = in_set("full")
    assert [name for name, each in full.items() if "polymarket_route" in each["networks"]] == ["polymarket_monitor"]
    assert "outside" not in full["polymarket_monitor"]["networks"]
    routed = [name for name, each in full.items() if each["environment"]["POLYMARKET__PROXY"]]
    assert routed == ["polymarket_monitor"]
    assert not {*workers_of(full["polymarket_monitor"])} & {"execution", "settler", "signal_processor"}


def test_with_real_money_another_way_for_prices_refuses_to_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both come out of the one `.env`, which every container is given."""
    monkeypatch.chdir(tmp_path)
    for name, value in OURS["polymarket_monitor"]["environment"].items():
        monkeypatch.setenv(name, value.replace("${POLYMARKET__PROXY:-}", PROXY))
    assert load_settings().polymarket.proxy is not None
    monkeypatch.setenv("TRADING__MODE", "live")
    with pytest.raises(SettingsRefused, match="POLYMARKET__PROXY with TRADING__MODE=live"):
        load_settings()


@pytest.mark.parametrize("name", OURS)
def test_what_a_service_is_given_are_settings_that_there_are(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for setting, value in OURS[name]["environment"].items():
        monkeypatch.setenv(setting, value)
    settings = load_settings()
    assert settings.database.url is not None
    assert settings.redis.url is not None
    assert str(settings.data_dir) == "/var/lib/crosscourt"
