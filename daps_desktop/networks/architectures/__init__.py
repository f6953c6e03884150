"""Networks written here or taken from diffusers, one file each; `table` builds them by name."""
