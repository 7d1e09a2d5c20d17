"""Every refusal about programme periods, grants, claims and hours, by the rule that it states."""

from __future__ import annotations

from shared.errors import Conflict, Invalid, NotFound


class ProgrammePeriodNotFound(NotFound):
    code, title = "programme_period_not_found", "There is no such programme period"


class ProgrammePeriodTaken(Conflict):
    code, title = "programme_period_taken", "The programme period is registered"


class CostTypeNotFound(Invalid):
    code, title = "cost_type_not_found", "The programme period has no such cost type"


class CostTypeTaken(Conflict):
    code, title = "cost_type_taken", "The programme period has the cost type"


class RuleNotFound(Invalid):
    """A flat rate or a unit cost that the grant names."""

    code, title = "rule_not_found", "The programme period has no such rule"


class GrantNotFound(NotFound):
    code, title = "grant_not_found", "Nothing has been granted to the project"


class GrantReasonMissing(Invalid):
    """The first decision needs none; each later one says why the terms are others."""

    code, title = "grant_reason_missing", "A changed grant needs a reason"


class GrantBelowClaims(Conflict):
    code, title = "grant_below_claims", "A grant is not lowered below what is claimed"


class GrantProgrammeFixed(Conflict):
    code = "grant_programme_fixed"
    title = "A grant keeps its programme period and currency"


class GrantDecisionNotNext(Conflict):
    code, title = "grant_decision_not_next", "Decisions on a grant are numbered without gaps"


class ClaimNotFound(NotFound):
    code, title = "claim_not_found", "There is no such claim"


class ClaimLineNotFound(NotFound):
    code, title = "claim_line_not_found", "The claim has no such line"


class ClaimOutOfOrder(Conflict):
    """Drafts are submitted, submitted claims decided or rejected, decided ones paid."""

    code, title = "claim_out_of_order", "What happened to the claim already rules it out"


class ClaimAfterFinal(Conflict):
    code, title = "claim_after_final", "Nothing is claimed after the final claim"


class ExchangeRateMissing(Conflict):
    """The grant is in another currency, and no rate is stated for the claim's last day."""

    code, title = "exchange_rate_missing", "No exchange rate is known for the claim's last day"


class ClaimNegative(Conflict):
    """Extension ``support``. What was taken back stays unclaimed until more has come."""

    code, title = "claim_negative", "The claim would ask for less than nothing"


class NothingToClaim(Conflict):
    code, title = "nothing_to_claim", "There is nothing to claim"


class GrantExceeded(Conflict):
    """Extension ``left``: what the grant leaves."""

    code, title = "grant_exceeded", "More would be claimed than was granted"


class DecidedAboveClaimed(Conflict):
    code, title = "decided_above_claimed", "More is decided than was claimed"


class PaidAboveDecided(Conflict):
    code, title = "paid_above_decided", "More is paid than was decided"


class SettledAboveDeducted(Conflict):
    code, title = "settled_above_deducted", "More of advances is settled than the claim deducts"


class RepaidAboveAdvance(Conflict):
    """Of advances, the part is repaid that was paid and that no claim has settled."""

    code, title = "repaid_above_advance", "More is repaid than is left of what was paid in advance"


class AdvanceDeductedTwice(Conflict):
    code, title = "advance_deducted_twice", "More is deducted than was paid in advance"


class SourceClaimedAlready(Conflict):
    """A posting is in one live claim at most, and no hour beyond those attested."""

    code, title = "source_claimed_already", "A posting or hour is in another claim"


class ClaimSealed(Conflict):
    code, title = "claim_sealed", "A submitted claim takes no more lines"


class ClaimSourceForeign(Conflict):
    code, title = "claim_source_foreign", "A source is not of the claim's project"


class ClaimDoesNotAddUp(Conflict):
    code, title = "claim_does_not_add_up", "The claim is not what its lines come to"


class TooManyHoursADay(Invalid):
    code, title = "too_many_hours_a_day", "The day holds more hours than the programme pays for"


CLAIM_CONSTRAINTS = {
    "programme_period_pkey": ProgrammePeriodTaken,
    "cost_type_pkey": CostTypeTaken,
    "grant_decision_covers_claims": GrantBelowClaims,
    "grant_decision_reason_check": GrantReasonMissing,
    "grant_decision_programme": GrantProgrammeFixed,
    "grant_decision_numbering": GrantDecisionNotNext,
    "grant_balance_claimed_check": GrantExceeded,
    "grant_balance_decided_check": DecidedAboveClaimed,
    "grant_balance_paid_check": PaidAboveDecided,
    "grant_balance_repaid_check": RepaidAboveAdvance,
    "grant_balance_deducted_check": AdvanceDeductedTwice,
    "claim_standing_decided_check": DecidedAboveClaimed,
    "claim_standing_paid_check": PaidAboveDecided,
    "claim_event_order": ClaimOutOfOrder,
    "claim_event_settled": SettledAboveDeducted,
    "claim_event_after_final": ClaimAfterFinal,
    "claim_line_sealed": ClaimSealed,
    "claim_line_adds_up": ClaimDoesNotAddUp,
    "claim_adds_up": ClaimDoesNotAddUp,
    "claim_source_own": ClaimSourceForeign,
    "claimed_posting_pkey": SourceClaimedAlready,
    "claimed_hours_attested": SourceClaimedAlready,
    "staff_hours_day": TooManyHoursADay,
}
"""What the violation of a named constraint means; part of `errors.CONSTRAINTS`."""
