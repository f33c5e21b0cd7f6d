"""Whether a period was as it should be: little enough for the API to work out while it is asked."""

from app.analytics.validation import Validation, validate
from app.domain.reports import Period
from app.history.database import Database
from app.history.report_reads import read_facts
from app.reports.profits import profits_of, total_of


async def validation_of(database: Database, period: Period) -> Validation:
    """Only whether it was done as it should be. Raises HistoryUnavailable."""
    facts = await read_facts(database, period)
    return validate(facts, total_of(profits_of(facts)))
