"""By which names the log speaks of an order."""

import ast
from pathlib import Path

from app.executor.news import named
from tests.app.history.trading import order

ROOT = Path(__file__).resolve().parents[3]
ABOUT_ORDERS = ("app/executor", "workers/execution.py", "workers/exit_wishes.py", "workers/instructed.py")


def test_an_order_is_named_with_its_trade_and_its_account() -> None:
    wanted = order()
    assert named(wanted) == {"trace": wanted.trade_id, "account": wanted.account, "order": wanted.id}


def test_every_line_about_an_order_or_a_trade_says_its_trace_and_its_account() -> None:
    """Whoever searches the log for a signal finds all that was done about it."""
    for place in ABOUT_ORDERS:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.glob("*.py")):
            text = file.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)):
                said = ast.get_source_segment(text, node) if isinstance(node, ast.Call) else None
                if said and said.startswith("log.") and any(word in said for word in ('"order"', '"fill"', '"trade"')):
                    assert '"trace"' in said or "named(" in said or "NOBODYS" in said, f"{file.name}: {said}"
