"""What budget takes and gives, on the wire."""
