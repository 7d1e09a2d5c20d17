"""Why a request about deliveries is refused."""

from __future__ import annotations

from shared.errors import Conflict, Invalid, NotFound


class RegisterNotFound(NotFound):
    code, title = "register_not_found", "There is no such register"


class DeliveryNotFound(NotFound):
    """Also the answer about a delivery of somebody else, so that its existence stays hidden."""

    code, title = "delivery_not_found", "There is no such delivery"


class SnapshotNotSupported(Invalid):
    code, title = "snapshot_not_supported", "The register takes no snapshots"


class EmptyBody(Invalid):
    code, title = "empty_body", "A delivery needs a body; an empty register is sent as []"


class DeliveryKeyReused(Invalid):
    code, title = "idempotency_key_reused", "The Idempotency-Key stands for another delivery"


class UploadIncomplete(Invalid):
    code, title = "upload_incomplete", "The body broke off; the same key may be sent again"


class DeliveryNotHeld(Conflict):
    code, title = "delivery_not_held", "Only a held delivery can be released"


class DeliveryOvertaken(Conflict):
    """Releasing it would put older rows over newer ones."""

    code, title = "delivery_overtaken", "A later delivery of the register has been applied"


class DeliveryNotCancellable(Conflict):
    code, title = "delivery_not_cancellable", "The delivery is being applied, or is finished"
