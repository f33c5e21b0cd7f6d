"""How much of an edge is taken, and whether at all: sizing, controls, and the desk that remembers what was sent."""

from app.execution.desk import Desk
from app.execution.sizing import Allowance, Sizing

__all__ = ["Allowance", "Desk", "Sizing"]
