"""Scratches, hairs and dust, proposed: nothing here marks anything, and each proposal can be refused.

May import: what `analysis` may.
"""
