"""Trained networks, each made into a `solver.denoisers.denoiser.Denoiser`: card, catalogue, loader.

May import: `base`, `imaging`, `jobs`, `solver`. `catalogue` and `card` work without torch; `importers` bring
foreign files in once, so that at run time there are safetensors and a card in one layout only.
"""
