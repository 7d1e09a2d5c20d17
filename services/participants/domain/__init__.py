"""Rules about people and enrolments, free of databases, queues and HTTP."""
