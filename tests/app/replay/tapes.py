"""The tape that ships with the project: one simulated game, from its last quarter to what its contracts paid."""

from pathlib import Path

EVENING = Path(__file__).resolve().parents[3] / "examples" / "evening.tape"

# What the core decides on it, and what comes of it on paper. Whoever changes how edges are found, sized or traded
# changes these, and puts the new ones here: `crosscourt replay examples/evening.tape` says both.
DECISIONS = "70178bee9d54b26409fdfe565dfebbfc"
TRADES = "39664a04f9b92b7f764f46780d3c6b1f"
