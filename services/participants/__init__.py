"""Participants: who takes part, where, on what ground, and what came of it.

The only holder of identity numbers. It knows nothing of what things cost, and of an outreach
contact only the referral that came out of it.
"""
