"""From task and photo to result, without process or window: forward model, plan, cost, run.

May import: `networks`, `solver`, `analysis` and below.
"""
