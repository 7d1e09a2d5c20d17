"""Pure rules of money: no database, no HTTP, no queue. Amounts are integer öre throughout."""
