"""Several photos with one recipe: the runner, its window, and what connects them."""
