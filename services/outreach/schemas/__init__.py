"""Request and response shapes of outreach."""
