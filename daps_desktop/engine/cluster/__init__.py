"""The photos of an album restored by the workers of a dask cluster.

May import: `engine.dispatch`, `album`, distributed.
"""
