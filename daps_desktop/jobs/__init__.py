"""What is asked of the engine and what it answers: frozen, picklable values.

May import: `base`, `imaging`. Damage, task, settings, recipe, requests, messages, report, verdict.
"""
