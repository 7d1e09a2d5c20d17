"""The four services; each owns one database and imports no other service."""
