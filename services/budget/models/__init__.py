"""The tables of budget: the source of its schema and of its constraints' names."""

from services.budget.models.base import metadata
from services.budget.models.claims import (
    claim,
    claim_event,
    claim_line,
    claim_source,
    claim_standing,
    claimed_hours,
    claimed_posting,
    grant_balance,
    grant_decision,
)
from services.budget.models.deviations import deviation_comment, deviation_threshold
from services.budget.models.dimensions import (
    dimension,
    dimension_object,
    dimension_object_version,
)
from services.budget.models.facts import fact
from services.budget.models.forecasts import forecast, forecast_line
from services.budget.models.hours import participant_hours, staff_hours, staff_hours_version
from services.budget.models.kept_sums import (
    balance_check,
    delivery_booking,
    posting_account_sum,
    posting_project_sum,
    posting_sum,
)
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
from services.budget.models.programmes import (
    cost_type,
    cost_type_account,
    flat_rate,
    hourly_rate,
    programme_period,
    programme_period_version,
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
    "balance_check",
    "booking",
    "budget_line",
    "budget_version",
    "claim",
    "claim_event",
    "claim_line",
    "claim_source",
    "claim_standing",
    "claimed_hours",
    "claimed_posting",
    "cost_type",
    "cost_type_account",
    "counterpart",
    "counterpart_version",
    "delivery_booking",
    "deviation_comment",
    "deviation_threshold",
    "dimension",
    "dimension_object",
    "dimension_object_version",
    "exchange_rate",
    "fact",
    "fiscal_year",
    "flat_rate",
    "forecast",
    "forecast_line",
    "grant_balance",
    "grant_decision",
    "hourly_rate",
    "investment_category",
    "investment_entry",
    "ledger_period",
    "metadata",
    "participant_hours",
    "period_event",
    "period_report",
    "posting",
    "posting_account_sum",
    "posting_project_sum",
    "posting_sum",
    "programme_period",
    "programme_period_version",
    "project",
    "project_partner",
    "project_version",
    "project_year_amount",
    "sie_balance",
    "sie_file",
    "staff_hours",
    "staff_hours_version",
    "trial_balance",
    "trial_balance_row",
    "voucher",
    "voucher_series",
]
