"""Values over a pipe between two processes, their large arrays in separate pieces.

Why pieces: pickling an array into one string copies it, and reading it back in one go holds the interpreter
for tens of milliseconds. Read a megabyte at a time into memory that the array then lives in, a photo of any
size arrives without the window noticing.
"""

import pickle
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

PIECE = 1 << 20  # bytes


def send(pipe: "Connection[Any, Any]", value: object) -> None:
    """Raises: OSError where the reader has gone."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    pipe.send([part.nbytes for part in parts])
    for part in parts:
        for start in range(0, part.nbytes, PIECE):
            pipe.send_bytes(part[start : start + PIECE])


def receive(pipe: "Connection[Any, Any]") -> Any:
    """The next value. Raises: EOFError or OSError where the writer has gone."""
    head, *buffers = [_receive_part(pipe, size) for size in pipe.recv()]
    return pickle.loads(head, buffers=buffers)


def _receive_part(pipe: "Connection[Any, Any]", size: int) -> memoryview:
    part = np.empty(size, np.uint8).data  # a bytearray would be filled with zeros first
    read = 0
    while read < size:
        read += pipe.recv_bytes_into(part, read)
    return part
