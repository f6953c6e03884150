"""The engine in a process of its own: the window's side (`client`) and the child's side (`server`).

The window imports `client` only, so nothing here imports `engine.dispatch` but inside a function.
"""
