"""What evaluates a network on this machine: torch or OpenVINO, chosen by measurement.

May import: `networks.card` and below. Only here are diffusers and OpenVINO imported.
"""
