"""Why a command in the docs is not run, and whether that is so: a page cannot excuse what could be run."""

import re
import shlex
from collections.abc import Callable, Sequence

from tests.docs.blocks import JSON, Block

Words = Sequence[str]

LONG_TARGETS = {"test", "bench", "fuzz", "soak", "screenshots", "install", "docs"}
CHECKS = {"lint", "types", "floors"}
SELDOM = {
    "missing",
    "epoch",
    "cursor",
    "interrupted",
    "restored",
    "game",
}  # on /ws; tests/routers/sockets provokes them
ELSEWHERE = {"docker", "prometheus", "promtool", "duckdb", "psql", "redis-cli", "valkey-cli", "ssh", "kubectl", "caddy"}


def _is_platform(words: Words) -> bool:
    return words[:2] in (["make", "run"], ["crosscourt", "up"], ["crosscourt", "sandbox"])


def _is_long(words: Words) -> bool:
    is_script = words[0].endswith("python") and any("benchmarks" in word or "soak" in word for word in words)
    is_work = words[0] == "make" and bool(LONG_TARGETS & set(words))
    return (
        is_work
        or is_script
        or words[0].endswith("pytest")
        or (words[:2] == ["crosscourt", "backtest"] and any("*" in word for word in words))
        or (words[:2] == ["crosscourt", "drill"] and "--history" not in words)
    )


def _asks_outside(words: Words) -> bool:
    return "--venues" in words or words[0] in ("git", "pip", "apt-get", "npx") or words[:2] == ["crosscourt", "up"]


def _changes_this(words: Words) -> bool:
    is_git = words[0] == "git" or words[0].endswith("pre-commit")
    return is_git or (words[0] == "make" and bool({"lock", "clean", *CHECKS} & set(words)))


REASONS: dict[str, Callable[[Words], bool]] = {
    "starts a platform": _is_platform,
    "takes minutes": _is_long,
    "asks outside hosts": _asks_outside,
    "wants a program of its own": lambda words: words[0] in ELSEWHERE,
    "wants recordings": lambda words: any("../shared" in word for word in words),
    "spends real money": lambda words: words[:2] == ["crosscourt", "live"] or "TRADING__MODE=live" in words,
    "changes the checkout": _changes_this,
}


def refusal(block: Block) -> str:
    """What is wrong with the reason that a page gives; nothing when it may."""
    if block.language == JSON:
        told = set(re.findall(r'^\{"type":"(\w+)"', block.text, re.MULTILINE))
        is_so = block.not_run == "is seldom told" and told and told <= SELDOM
        return "" if is_so else f"{block.where}: {block.not_run!r} is no reason to show what nobody has answered"
    if block.language == "sql":
        return "" if block.not_run == "wants a program of its own" else f"{block.where}: {block.not_run!r} is no reason"
    reasons = block.not_run.split("; ")
    if strange := set(reasons) - REASONS.keys():
        return f"{block.where}: {sorted(strange)} is none of {sorted(REASONS)}"
    wrong = [each for each in block.commands if not any(REASONS[reason](words_of(each)) for reason in reasons)]
    idle = [each for each in reasons if not any(REASONS[each](words_of(command)) for command in block.commands)]
    return f"{block.where}: {idle or reasons} does not hold for {wrong or block.commands}" if wrong or idle else ""


def words_of(command: str) -> list[str]:
    """Of the first command of a line, without what is set for it and without its comment."""
    words = shlex.split(command, comments=True)
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    return words or [command]
