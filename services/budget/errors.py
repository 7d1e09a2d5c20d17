"""Every refusal of budget, by the rule that it states."""

from __future__ import annotations

from services.budget.claim_errors import CLAIM_CONSTRAINTS
from shared.errors import Conflict, Invalid, NotFound


class AccountNotFound(NotFound):
    code, title = "account_not_found", "There is no such account"


class CounterpartNotFound(NotFound):
    code, title = "counterpart_not_found", "There is no such counterpart"


class DimensionNotFound(NotFound):
    code, title = "dimension_not_found", "There is no such dimension"


class ObjectNotFound(NotFound):
    code, title = "object_not_found", "There is no such object of the dimension"


class PeriodNotFound(NotFound):
    code, title = "period_not_found", "There is no such period; its year has not been opened"


class VoucherNotFound(NotFound):
    code, title = "voucher_not_found", "There is no such voucher"


class InvestmentCategoryNotFound(NotFound):
    code, title = "investment_category_not_found", "There is no such investment category"


class ProjectNotFound(NotFound):
    code, title = "project_not_found", "There is no such project"


class CodeTaken(Conflict):
    """An account, counterpart or category has the code; change its version instead."""

    code, title = "code_taken", "The code is taken"


class DimensionTaken(Conflict):
    code, title = "dimension_taken", "The dimension is registered"


class DimensionReserved(Invalid):
    """SIE keeps 1-19 for itself; 20 is the counterpart in ledger files."""

    code, title = "dimension_reserved", "The number is kept for another use"


class NotAFiscalYear(Invalid):
    code, title = "not_a_fiscal_year", "A fiscal year begins on the first of a month"


class YearAlreadyOpen(Conflict):
    code, title = "year_already_open", "The year's periods exist"


class PeriodClosed(Conflict):
    """Nothing is booked in a closed period; it can be reopened with a reason."""

    code, title = "period_closed", "The period is closed"


class PeriodNotClosed(Conflict):
    code, title = "period_not_closed", "The period is open"


class VoucherUnbalanced(Invalid):
    code, title = "voucher_unbalanced", "The postings of a voucher sum to zero"


class VoucherTooSmall(Invalid):
    code, title = "voucher_too_small", "A voucher has at least two postings"


class VoucherInAnotherYear(Invalid):
    code, title = "voucher_in_another_year", "A voucher's day lies in the year of its period"


class CodePartNotValid(Invalid):
    """The account, counterpart or object is unknown, or not in use on the voucher's day."""

    code, title = "code_part_not_valid", "An account, counterpart or object cannot be posted to"


class VoucherSealed(Conflict):
    """A posting cannot join a voucher that is already booked."""

    code, title = "voucher_sealed", "The voucher is already booked"


class NumberNotNext(Conflict):
    code, title = "number_not_next", "A series is numbered without gaps"


class AlreadyReversed(Conflict):
    code, title = "already_reversed", "The voucher has been reversed"


class ReversalOfReversal(Conflict):
    """What a reversal took back is booked anew, so that its chain stays readable."""

    code, title = "reversal_of_reversal", "A reversal is not reversed"


class ReversalDiffers(Conflict):
    code, title = "reversal_differs", "A reversal is the mirror image of its voucher"


class ReversalElsewhere(Invalid):
    code = "reversal_elsewhere"
    title = "A voucher is taken back in its own period or a later one of its year"


class BookedByDelivery(Conflict):
    """What a delivery booked is corrected by the next delivery, or the two would disagree."""

    code, title = "booked_by_delivery", "The voucher was booked by a delivery"


class BudgetAlreadyDecided(Conflict):
    code, title = "budget_already_decided", "The council has decided the year's budget"


class BudgetNotDecided(Conflict):
    code, title = "budget_not_decided", "There is no decided budget to adjust"


class BudgetVersionNotFound(NotFound):
    code, title = "budget_version_not_found", "There is no such budget version"


class ForecastReasonMissing(Invalid):
    """The occasion has a forecast already; another one stands beside it and says why."""

    code, title = "forecast_reason_missing", "A changed forecast needs a reason"


class NoSuchDeviation(NotFound):
    """The period's settlement has no such row, or no such project can deviate."""

    code, title = "no_such_deviation", "There is nothing of that name that can deviate"


class PeriodReportNotFound(NotFound):
    code, title = "period_report_not_found", "There is no such report of a period"


class PeriodReportFormatUnknown(Conflict):
    """Extensions ``format`` and ``knownFormats``. Whether something changed is not known."""

    code = "period_report_format_unknown"
    title = "The report was signed in a format that is not known here"


class PeriodNotReportable(Conflict):
    """What stands in the way is listed: open periods, broken ties, missing comments."""

    code, title = "period_not_reportable", "The period cannot be reported yet"


class ProjectNumberTaken(Conflict):
    code, title = "project_number_taken", "Another project has the number"


class ProjectAlreadyDecided(Conflict):
    code, title = "project_already_decided", "The project has been decided"


class TermsContradictory(Invalid):
    """Amounts, dates or partners of a project that cannot all be true, each named."""

    code, title = "terms_contradictory", "What is said about the project contradicts itself"


class SharesExceedWhole(Invalid):
    code, title = "shares_exceed_whole", "The partners' shares are more than the whole"


class NotALedgerPeriod(Invalid):
    code, title = "not_a_ledger_period", "Not a period of the ledger"


CONSTRAINTS = {
    "account_pkey": CodeTaken,
    "counterpart_pkey": CodeTaken,
    "investment_category_pkey": CodeTaken,
    "dimension_pkey": DimensionTaken,
    "dimension_object_pkey": CodeTaken,
    "dimension_parent_fkey": DimensionNotFound,
    "dimension_object_number_fkey": DimensionNotFound,
    "fiscal_year_pkey": YearAlreadyOpen,
    "ledger_period_pkey": YearAlreadyOpen,
    "voucher_period_fkey": PeriodNotFound,
    "voucher_period_open": PeriodClosed,
    "voucher_balance": VoucherUnbalanced,
    "voucher_size": VoucherTooSmall,
    "voucher_day": VoucherInAnotherYear,
    "voucher_covers_check": ReversalElsewhere,
    "voucher_numbering": NumberNotNext,
    "voucher_series_year_number_key": NumberNotNext,
    "voucher_reversal_of_key": AlreadyReversed,
    "voucher_no_second_reversal": ReversalOfReversal,
    "voucher_mirror": ReversalDiffers,
    "posting_sealed": VoucherSealed,
    "posting_account_fkey": CodePartNotValid,
    "posting_counterpart_fkey": CodePartNotValid,
    "posting_object_fkey": CodePartNotValid,
    "period_event_open": PeriodClosed,
    "period_event_closed": PeriodNotClosed,
    "budget_version_year_number_key": BudgetAlreadyDecided,
    "forecast_reason_check": ForecastReasonMissing,
    "investment_entry_category_fkey": InvestmentCategoryNotFound,
    "project_number_key": ProjectNumberTaken,
    "project_partner_shares": SharesExceedWhole,
    **CLAIM_CONSTRAINTS,
}
"""What the violation of a named constraint means, triggers' own names included."""
