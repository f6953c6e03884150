"""Runs first in every process of the frozen program."""

import os

# torch.jit compiles from source text, which is not carried along; nothing here needs what it compiles.
os.environ.setdefault("PYTORCH_JIT", "0")
