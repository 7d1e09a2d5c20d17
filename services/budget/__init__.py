"""Budget (budget, ekonomi, projekt): the committee's money.

Owns accounts, counterparts, periods, vouchers, budget versions, investments and projects, and
every statement computed from them. It must never know a person.
"""
