"""Command line, embedded servers and supervisor: everything that starts the backend."""
