"""Requests in, messages out: the table of requests (`dispatch`, `handlers`), the process, the cluster.

May import: `restoration`, `album` and below. Nothing in this room reaches the network: diffusers brings along
a client of a hub of models; this makes it refuse, before it is imported.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
