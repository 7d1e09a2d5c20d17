"""Shapes of people. What a caller may not see is null, and `masked` says so."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.participants.domain.codes import (
    CountryOfBirth,
    Education,
    IdentityLevel,
    Protection,
    Sex,
)
from services.participants.schemas.fields import DistrictCode, Reason, UnitCode, WrittenNumber
from shared.models import ApiModel, LocalDate


class NameShape(ApiModel):
    """A person's name."""

    given: str = Field(min_length=1, max_length=100, examples=["Test"])
    family: str = Field(min_length=1, max_length=100, examples=["Testsson"])


class ContactShape(ApiModel):
    """How to reach a person."""

    phone: str | None = Field(
        default=None, pattern=r"^\+?[0-9][0-9 -]{4,18}$", max_length=20, examples=["070-174 06 05"]
    )
    email: str | None = Field(
        default=None,
        pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$",
        max_length=254,
        examples=["test@example.se"],
    )


class AddressShape(ApiModel):
    """A postal address."""

    care_of: str | None = Field(default=None, min_length=1, max_length=100, examples=["Testsson"])
    street: str = Field(min_length=1, max_length=100, examples=["Testgatan 1"])
    postal_code: str = Field(pattern=r"^[0-9]{3} ?[0-9]{2}$", max_length=6, examples=["163 74"])
    city: str = Field(min_length=1, max_length=60, examples=["Spånga"])


class DetailsIn(ApiModel):
    """What is known about a person beside number, name and where they live."""

    contact: ContactShape | None = None
    postal_address: AddressShape | None = None
    forwarding_address: AddressShape | None = Field(
        default=None, description="The tax agency's, with protected registration only"
    )
    country_of_birth: CountryOfBirth | None = None
    arrived_on: LocalDate | None = Field(
        default=None, description="First registered as living in Sweden"
    )
    identity_level: IdentityLevel | None = Field(
        default=None, description="How sure the identity behind a coordination number is"
    )
    number_confirmed_on: LocalDate | None = Field(
        default=None, description="When a coordination number was assigned or last renewed"
    )


class ResidenceIn(ApiModel):
    """Where a person lives from a day on."""

    district: DistrictCode
    valid_from: LocalDate


class ResidenceOut(ApiModel):
    """Where a person lives or lived; `validTo` is the last day there."""

    district: DistrictCode
    valid_from: LocalDate
    valid_to: LocalDate | None


class PersonIn(DetailsIn):
    """A person to register; what is left out follows from the number or is not known."""

    identity_number: WrittenNumber
    name: NameShape | None = None
    birth_date: LocalDate | None = Field(
        default=None, description="Only when it differs from the date in the number"
    )
    sex: Sex | None = Field(default=None, description="Legal sex, when not the number's")
    protected_identity: Protection = Protection.NONE
    guardian_of_children: bool | None = None
    education: Education | None = None
    residence: ResidenceIn | None = None
    unit: UnitCode | None = Field(
        default=None, description="The registering unit; may be left out by callers for all units"
    )


class PersonPatch(DetailsIn):
    """What changes; fields left out stay as they are, `residence` moves the person from a day."""

    name: NameShape | None = None
    birth_date: LocalDate | None = None
    sex: Sex | None = None
    protected_identity: Protection | None = None
    guardian_of_children: bool | None = None
    education: Education | None = None
    residence: ResidenceIn | None = None
    reason: Reason


class NumberChangeIn(ApiModel):
    """A number that takes the place of the person's present one."""

    identity_number: WrittenNumber
    present_was_wrong: bool = Field(
        default=False,
        description="The present number never was theirs: it does not find them any more",
    )
    reason: Reason


class PersonLookup(ApiModel):
    """Whom to look for. A POST, because a number has no place in an address or a log."""

    identity_number: WrittenNumber


class PersonOut(ApiModel):
    """A person as the caller may see them."""

    id: UUID
    identity_number: str | None = Field(
        min_length=12,
        max_length=12,
        examples=["202001092382"],
        description="Twelve digits; null without the scope participants:identity",
    )
    name: NameShape | None
    birth_date: LocalDate | None
    sex: Sex
    protected_identity: Protection
    guardian_of_children: bool | None
    education: Education | None
    contact: ContactShape | None
    postal_address: AddressShape | None
    forwarding_address: AddressShape | None
    country_of_birth: CountryOfBirth | None
    arrived_on: LocalDate | None
    identity_level: IdentityLevel | None
    number_confirmed_on: LocalDate | None
    rests_from: LocalDate | None = Field(
        description="When a coordination number is to rest unless it is renewed"
    )
    residences: list[ResidenceOut]
    merged_into: UUID | None = Field(
        description="The record that stands for the person, when this one was merged into it"
    )
    merged_records: list[UUID] = Field(
        description="Records of the same person merged into this one"
    )
    masked: bool = Field(
        description="Protected identity, and the token lacks participants:protected"
    )
    version: int
