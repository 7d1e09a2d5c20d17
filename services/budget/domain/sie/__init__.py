"""SIE files: how Swedish ledgers hand their accounts, balances and vouchers to each other.

Source: SIE filformat 4C (SIE-gruppen, 2025-08-06; the same format as 4B, better documented).
Types: 1 the year's balances, 2 also balances per period, 3 also per object, 4E also every
voucher, 4I vouchers alone, from a subsystem. Both of the last say ``#SIETYP 4``.

Bytes go in at `reading.Reader` and come out as `records`, or as `faults` that name a line;
`writing` goes the other way. Nothing here knows of a database.
"""
