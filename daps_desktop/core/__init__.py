"""Values and rules of the domain: photo, hole, task, settings, messages. No Qt and no torch.

Why no events here: a function that changes something returns what changed; only `ui` turns that
into signals, so that there is one event system, Qt's, in one room.
"""
