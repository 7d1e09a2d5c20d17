"""Referrals."""

from __future__ import annotations

from shared.errors import Conflict, Invalid


class ReferralAlreadyOpen(Conflict):
    """An open referral of the person to the same unit and programme waits for its answer."""

    code, title = "referral_already_open", "The person is already referred there"


class ContactOfAnother(Conflict):
    """The contact that a referral refers to was with somebody else."""

    code, title = "contact_of_another", "The contact was with another person"


class ReferralAnswered(Conflict):
    """What a unit has answered is not withdrawn: the unit decides what becomes of it."""

    code, title = "referral_answered", "The referral has been answered"


class AlreadyWithdrawn(Conflict):
    """Withdrawn before, by somebody or by the same person on another day."""

    code, title = "already_withdrawn", "The referral has been withdrawn"


class WithdrawnBeforeReferral(Invalid):
    """Nobody takes back what was not made yet."""

    code, title = "withdrawn_before_referral", "The withdrawal lies before the referral"
