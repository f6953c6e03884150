"""One photo's work: the document, its versions and their provenance; projects and the journal.

May import: `base`, `imaging`, `jobs`. No events here: what changes something returns what changed, and only
`ui` turns that into signals.
"""
