"""What the engine does with each kind of request.

May import: `restoration` and below.
"""
