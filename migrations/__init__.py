"""Each service's history of schema changes, and how it is applied."""
