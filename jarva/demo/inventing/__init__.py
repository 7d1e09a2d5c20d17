"""Invented people, meetings and places that add up to what the committee published.

Run ``python -m jarva.demo.inventing`` to write the files in ``jarva/demo/data`` again; they are
kept in the repository, so that a reader can change a row and see which figure moves.

Everybody is invented. Identity numbers have the birth numbers 238 and 239, which the Swedish
Tax Agency keeps for test persons.
"""
