"""An invented city of any size in the real tables of all services, and its committee's reports.

Rows are made by the database itself, set by set, in the order of their days; what they count for
is booked by the services' own SQL, so that every fact has its record. Snapshots are taken by the
services' own job.
"""
