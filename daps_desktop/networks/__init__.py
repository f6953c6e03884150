"""Models from the outside world, each made into a `solver.denoiser.Denoiser`.

`catalogue` finds priors and reads their cards without torch; `loader` verifies and builds them;
`adapters` hold the conventions of noise level and scaling; `importing` brings foreign files in once, so
that at run time there are safetensors and a card in one layout only.
"""
