"""What can be refused in outreach, each with its code and status; a module per noun."""

from services.outreach.errors.labour import (
    GroupNotRunningThatYear,
    OrganisationNumberInvalid,
    StudentsAlreadyCounted,
)
from services.outreach.errors.meetings import (
    LinkedToAnother,
    NotLinked,
    SessionHasVisits,
    SessionNotHeld,
    SessionStateRefused,
    TallyExists,
)
from services.outreach.errors.operations import (
    CountingRuleNotLater,
    CountingRuleUnchanged,
)
from services.outreach.errors.records import (
    AlreadyRetracted,
    CodeTaken,
    EmptyCount,
    EndsBeforeStart,
    IdTaken,
    InTheFuture,
    NotFoundHere,
    NotValidThatDay,
    OwnedBySource,
    ReasonRequired,
    UnknownReference,
)
from services.outreach.errors.referrals import (
    ContactOfAnother,
    ReferralAlreadyOpen,
)
from services.outreach.errors.uvas import AgesOutOfOrder, UvasRuleNotLater, UvasRuleUnchanged

__all__ = [
    "AgesOutOfOrder",
    "AlreadyRetracted",
    "CodeTaken",
    "ContactOfAnother",
    "CountingRuleNotLater",
    "CountingRuleUnchanged",
    "EmptyCount",
    "EndsBeforeStart",
    "GroupNotRunningThatYear",
    "IdTaken",
    "InTheFuture",
    "LinkedToAnother",
    "NotFoundHere",
    "NotLinked",
    "NotValidThatDay",
    "OrganisationNumberInvalid",
    "OwnedBySource",
    "ReasonRequired",
    "ReferralAlreadyOpen",
    "SessionHasVisits",
    "SessionNotHeld",
    "SessionStateRefused",
    "StudentsAlreadyCounted",
    "TallyExists",
    "UnknownReference",
    "UvasRuleNotLater",
    "UvasRuleUnchanged",
]
