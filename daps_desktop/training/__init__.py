"""How the built-in priors were made, and how a prior is fine-tuned on a folder of one's own photos.

May import: `restoration` and below. Photos are decoded once and everything random is drawn on the training
device: a fast GPU spends two milliseconds on a step, less than any decoder, so a network fed from files
mostly waits. The schedule follows the clock: time on a shared or borrowed machine is what is given, not
steps.
"""
