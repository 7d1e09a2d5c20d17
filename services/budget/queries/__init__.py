"""Named reads of budget: SQL in, values of the domain out."""
