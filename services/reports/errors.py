"""What can be wrong with a question to the reports service."""

from __future__ import annotations

from shared.errors import Conflict, DomainError, Forbidden, NotFound, Unavailable


class TemplateNotFound(DomainError):
    """No template has this name."""

    code, status, title = "template_not_found", 404, "There is no such report template"

    def __init__(self, name: str, known: list[str]) -> None:
        """Name the templates that exist, since one of them was probably meant."""
        super().__init__(f"No template is named {name!r}; known: {', '.join(known)}", known=known)


class PeriodOfWrongKind(DomainError):
    """The template is for another kind of period."""

    code, status, title = "period_of_wrong_kind", 422, "The report is for another kind of period"

    def __init__(self, template: str, wanted: str) -> None:
        """Say what kind of period the template is for."""
        examples = {"year": "2024", "tertial": "2020-T2", "year_or_tertial": "2024 or 2020-T2"}
        kind = wanted.replace("_", " ")
        super().__init__(
            f"{template} is reported per {kind}, written such as {examples.get(wanted, '2024')}",
            template=template,
            wanted=wanted,
        )


class AreaNeeded(DomainError):
    """The template is about an area and none was given."""

    code, status, title = "area_needed", 422, "The report is about an area"

    def __init__(self, template: str) -> None:
        """Name the template."""
        super().__init__(f"{template} needs area, such as area=jarva", template=template)


class ProgrammeNeeded(DomainError):
    """The template is about a programme and none was given."""

    code, status, title = "programme_needed", 422, "The report is about a programme"

    def __init__(self, template: str) -> None:
        """Name the template."""
        super().__init__(
            f"{template} needs programme, such as programme=stockholmskraften", template=template
        )


class ProgrammeNotFound(DomainError):
    """There is no such programme."""

    code, status, title = "programme_not_found", 404, "There is no such programme"

    def __init__(self, programme: str) -> None:
        """Say which programme is not known."""
        super().__init__(f"There is no programme {programme[:80]!r}", programme=programme[:80])


class ProgrammeNotKnown(DomainError):
    """Whether there is such a programme is not for the caller to know: nothing is, or no number."""

    code, status, title = "programme_not_known", 404, "No such programme is known to the caller"

    def __init__(self, programme: str, period: str) -> None:
        """Say which programme, when, and what it takes to ask for any other."""
        super().__init__(
            f"No programme {programme[:80]!r} was in operation in {period}; to ask for one of "
            "another time, the scope participants:read is needed.",
            programme=programme[:80],
        )


class AreaNotFound(DomainError):
    """The area map has no such area at that time."""

    code, status, title = "area_not_found", 404, "There is no such area"

    def __init__(self, code: str, on: str) -> None:
        """Say which area was not in force on which day."""
        super().__init__(f"The area map has no {code!r} in force on {on}", area=code, on=on)


class NothingToReport(DomainError):
    """Not one provider could say how far its facts are settled."""

    code, status, title = "no_provider_answers", 503, "No provider answers"

    def __init__(self) -> None:
        """Give no detail beyond the fact."""
        super().__init__("No provider could be asked; the report would be empty. Try again.")


class ReportNotFound(NotFound):
    code, title = "committee_report_not_found", "There is no such committee report"


class ItemNotFound(NotFound):
    code, title = "item_not_found", "The report has no such item"


class CellNotFound(NotFound):
    code, title = "cell_not_found", "The item has no such cell"


class RowsNotKept(Conflict):
    """A ratio, a statement's sum or what others publish is no sum of rows of ours."""

    code, title = "rows_not_kept", "No rows stand behind this value"


class RowsNotShown(Forbidden):
    code, title = "rows_not_shown", "The token does not allow to see single rows"


class RowsUnavailable(DomainError):
    code, status, title = "rows_unavailable", 503, "The service that keeps the rows is away"


class SignInFailed(DomainError):
    """Signing in did not end as it should; ``reason`` is for the log, never shown."""

    code, status, title = "sign_in_failed", 403, "Signing in failed"

    def __init__(self, *, reason: str) -> None:
        """Keep the reason."""
        super().__init__()
        self.reason = reason


class PartialFigures(Forbidden):
    """A report of some units would be taken for one of all."""

    code, title = "partial_figures", "A report needs a token that covers every unit"


class ChangesNotPublic(Forbidden):
    """Differences to the unit would tell what disclosure control withholds."""

    code, title = "changes_not_public", "Why numbers moved is told to the committee only"


class ReleaseNotFound(NotFound):
    code, title = "release_not_found", "Nothing was released to the public under this id"


class PublicNeedsEveryUnit(Forbidden):
    """Numbers of some units, released as if they were all, could be subtracted from all."""

    code = "public_needs_every_unit"
    title = "A report to the public needs a token that covers every unit"


class ReleasesInTheWay(Unavailable):
    """Each time what may be told was decided, another release had been made."""

    code = "releases_in_the_way"
    title = "Other reports were released at the same time; ask again"


class ReportNotDraft(Conflict):
    code, title = "report_not_draft", "Only a draft can be refreshed or frozen"


class ReportNotFrozen(Conflict):
    code, title = "report_not_frozen", "Only a frozen report can be attested or thawed"


class ReportPartial(Conflict):
    """What is missing is listed; something unknown cannot be answered for."""

    code, title = "report_partial", "A report with something missing cannot be attested"


class TiesBroken(Conflict):
    """Each tie is listed with its difference."""

    code, title = "ties_broken", "A report whose statements do not tie cannot be attested"


class DeviationsUncommented(Conflict):
    """Each deviation is listed; a comment has cause and action."""

    code, title = "deviations_uncommented", "Deviations lack their comment"


class DeviationsUnknown(DomainError):
    """Whether deviations are commented could not be asked."""

    code, status, title = (
        "deviations_unknown",
        503,
        "Budget cannot say whether deviations are commented",
    )


class SamePerson(Conflict):
    """Four eyes: who made the content does not attest it."""

    code, title = "same_person", "Another person than the one who made it attests a report"


class ContentChanged(Conflict):
    code, title = "content_changed", "The report's content is not the one that was read"


class AlreadyAttested(Conflict):
    """The report that is attested is named: it is replaced, with a reason, or stands."""

    code, title = "already_attested", "Another report of the same question is attested"


class NotReplaceable(Conflict):
    code, title = "not_replaceable", "Only an attested report of the same question can be replaced"


CONSTRAINTS = {
    "committee_report_supersedes_key": NotReplaceable,
    "committee_report_attested": ReportNotDraft,
    "committee_report_alone": AlreadyAttested,
    "committee_report_content_draft": ReportNotDraft,
    "attestation_pkey": ReportNotFrozen,
    "attestation_binds": ReportNotFrozen,
}
"""What the violation of a named database constraint means."""
