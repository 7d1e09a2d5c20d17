"""Outreach (uppsökande verksamhet): places, meetings and contacts.

Owns operations and the rules by which each counts, venues, sessions, visit tallies, contacts,
groups, employers, hires, outreach workers, partners, and the referrals it makes. It knows a
person only by the opaque id that participants gave; it must never hold a name or an identity
number.
"""
