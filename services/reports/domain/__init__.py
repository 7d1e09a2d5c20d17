"""What a report is, once the answers are there: pure, so that the same gives the same."""
