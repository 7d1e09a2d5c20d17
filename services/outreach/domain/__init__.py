"""Pure rules of outreach: no database, no HTTP, no queue."""
