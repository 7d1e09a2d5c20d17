"""What can be refused in outreach, each with its code and status; a module per noun."""

from services.outreach.errors.labour import (
    EndsWithoutStart,
    EventOfAnotherEmployer,
    ExtensionRefused,
    GroupNotRunningThatYear,
    HiredBeforeEvent,
    MorePlacesTaken,
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
from services.outreach.errors.partners import (
    AgreementContinued,
    CollaborationStateRefused,
    ContinuesAnother,
    NoStateChange,
    PartnerTwice,
    StartsAfterStateChange,
    StateChangeNotLater,
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
    "AgreementContinued",
    "AlreadyRetracted",
    "CodeTaken",
    "CollaborationStateRefused",
    "ContactOfAnother",
    "ContinuesAnother",
    "CountingRuleNotLater",
    "CountingRuleUnchanged",
    "EmptyCount",
    "EndsBeforeStart",
    "EndsWithoutStart",
    "EventOfAnotherEmployer",
    "ExtensionRefused",
    "GroupNotRunningThatYear",
    "HiredBeforeEvent",
    "IdTaken",
    "InTheFuture",
    "LinkedToAnother",
    "MorePlacesTaken",
    "NoStateChange",
    "NotFoundHere",
    "NotLinked",
    "NotValidThatDay",
    "OrganisationNumberInvalid",
    "OwnedBySource",
    "PartnerTwice",
    "ReasonRequired",
    "ReferralAlreadyOpen",
    "SessionHasVisits",
    "SessionNotHeld",
    "SessionStateRefused",
    "StartsAfterStateChange",
    "StateChangeNotLater",
    "StudentsAlreadyCounted",
    "TallyExists",
    "UnknownReference",
    "UvasRuleNotLater",
    "UvasRuleUnchanged",
]
