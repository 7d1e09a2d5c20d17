"""The tables of budget: the source of its schema and of its constraints' names."""

from services.budget.models.base import metadata
from services.budget.models.deviations import deviation_comment, deviation_threshold
from services.budget.models.dimensions import (
    dimension,
    dimension_object,
    dimension_object_version,
)
from services.budget.models.facts import fact
from services.budget.models.forecasts import forecast, forecast_line
from services.budget.models.ledger import (
    account,
    account_version,
    booking,
    counterpart,
    counterpart_version,
    fiscal_year,
    ledger_period,
    period_event,
    posting,
    voucher,
    voucher_series,
)
from services.budget.models.period_reports import period_report
from services.budget.models.planning import (
    budget_line,
    budget_version,
    investment_category,
    investment_entry,
)
from services.budget.models.project_amounts import exchange_rate, project_year_amount
from services.budget.models.projects import project, project_partner, project_version
from services.budget.models.sie import (
    account_budget,
    account_budget_line,
    sie_balance,
    sie_file,
)
from services.budget.models.trial_balance import trial_balance, trial_balance_row

__all__ = [
    "account",
    "account_budget",
    "account_budget_line",
    "account_version",
    "booking",
    "budget_line",
    "budget_version",
    "counterpart",
    "counterpart_version",
    "deviation_comment",
    "deviation_threshold",
    "dimension",
    "dimension_object",
    "dimension_object_version",
    "exchange_rate",
    "fact",
    "fiscal_year",
    "forecast",
    "forecast_line",
    "investment_category",
    "investment_entry",
    "ledger_period",
    "metadata",
    "period_event",
    "period_report",
    "posting",
    "project",
    "project_partner",
    "project_version",
    "project_year_amount",
    "sie_balance",
    "sie_file",
    "trial_balance",
    "trial_balance_row",
    "voucher",
    "voucher_series",
]
