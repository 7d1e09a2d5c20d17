"""The routes of the reports service, one module per resource."""
