"""All that was late under an issued report, as a table: the paper lists the first two hundred."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from kernel.access import client, declares
from kernel.spreadsheet import safe_cells
from sla_contracts.attainment import count_clauses
from sla_contracts.models import SlaReport
from sla_contracts.period import Period
from sla_contracts.report_data import CaseNumbers, breach, late_items
from tenants.models import Tenant

COLUMNS = (
    *("case", "clause", "title", "version", "channel", "language", "started_at", "breached_at", "stopped_at"),
    *("target_seconds", "used_seconds", "outcome", "conversation", "clock"),
)
_NUMBERS_AT_ONCE = 5000


@declares("export", client(opens="report"))
def late_csv(row: SlaReport, tenant: Tenant, case_numbers: CaseNumbers) -> bytes:
    """CSV (UTF-8): a line for each item that was late, as the ledger had it at the report's cut-off."""
    month = Period.holding(row.period_start, tenant.time_zone).month
    period = Period(row.period_start, row.period_end, month, tenant.time_zone)
    late = late_items(count_clauses(tenant, period, now=row.cut_off))
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for start in range(0, len(late), _NUMBERS_AT_ONCE):
        part = late[start : start + _NUMBERS_AT_ONCE]
        numbers = case_numbers({item.conversation for _, item in part})
        for one, item in part:
            found = breach(one, item, row.language, row.cut_off, numbers)
            table.writerow(safe_cells(_cell(found[column]) for column in COLUMNS))
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)
