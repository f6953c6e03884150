"""Where photos are restored. Nothing in this room reaches the network.

diffusers brings a client of a hub of models along with it; this tells it to refuse, before it is imported.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
