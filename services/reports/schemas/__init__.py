"""What the reports service says and is told, as its published specification describes it."""
