"""What is refused about units, programmes and teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class UnitNotFound(NotFound):
    code, title = "unit_not_found", "There is no such unit"


class ProgrammeNotFound(NotFound):
    code, title = "programme_not_found", "There is no such programme"


class TeamNotFound(NotFound):
    code, title = "team_not_found", "There is no such team"


class CodeTaken(Conflict):
    code, title = "code_taken", "The code is already in use"


class ProjectReferenceTaken(Conflict):
    code = "project_reference_taken"
    title = "Another programme already stands for this project"


class ClosedBeforeLastUse(Conflict):
    code = "closed_before_last_use"
    title = "There are enrolments that started, or teams that opened, after this day"


class ClosedBeforeOpened(Invalid):
    code, title = "closed_before_opened", "The last day lies before the first"


class UnknownUnit(Invalid):
    code, title = "unknown_unit", "There is no unit with this code"


class UnknownProgramme(Invalid):
    code, title = "unknown_programme", "There is no programme with this code"


class UnknownTeam(Invalid):
    code, title = "unknown_team", "The programme has no team with this code"


class UnitNotInOperation(Conflict):
    code, title = "unit_not_in_operation", "The unit is not in operation on the day"


class ProgrammeNotInOperation(Conflict):
    code, title = "programme_not_in_operation", "The programme is not in operation on the day"


class TeamNotInOperation(Conflict):
    code, title = "team_not_in_operation", "The team is not in operation on the day"


class EsfEndBeforeStart(Invalid):
    code = "esf_end_before_start"
    title = "The last day paid for by ESF+ lies before the first, or there is no first"


CONSTRAINTS: Meanings = {
    "unit_code_key": CodeTaken,
    "programme_code_key": CodeTaken,
    "team_code_key": CodeTaken,
    "programme_project_reference_key": ProjectReferenceTaken,
    "unit_validity_check": ClosedBeforeOpened,
    "programme_validity_check": ClosedBeforeOpened,
    "team_validity_check": ClosedBeforeOpened,
    "programme_esf_check": EsfEndBeforeStart,
    "programme_esf_begins_check": EsfEndBeforeStart,
    "team_programme_fkey": UnknownProgramme,
    "person_registered_by_unit_fkey": UnknownUnit,
    "enrolment_team_programme_fkey": UnknownTeam,
}
