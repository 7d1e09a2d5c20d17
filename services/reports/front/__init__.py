"""Pages for people: choose a report, read it, see where it comes from, attest it."""
