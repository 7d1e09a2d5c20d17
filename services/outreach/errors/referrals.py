"""Referrals."""

from __future__ import annotations

from shared.errors import Conflict


class ReferralAlreadyOpen(Conflict):
    """An open referral of the person to the same unit and programme waits for its answer."""

    code, title = "referral_already_open", "The person is already referred there"


class ContactOfAnother(Conflict):
    """The contact that a referral refers to was with somebody else."""

    code, title = "contact_of_another", "The contact was with another person"
