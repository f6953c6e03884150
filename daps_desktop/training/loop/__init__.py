"""The training loop: recipe, settings, validation, checkpoints.

May import: `training.data`, `training.damage`, `networks`.
"""
