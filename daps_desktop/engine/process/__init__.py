"""The engine in a process of its own: the window's side (`client`) and the child's side (`server`).

May import: `engine.dispatch`, but inside a function only, as the window imports `client` and not torch.
"""
