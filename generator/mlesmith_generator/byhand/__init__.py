"""Tasks by hand: a draft folder that a person edits, and its way through the gates."""
