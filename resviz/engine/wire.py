"""How a message crosses the pipe: a pickle, then each of its arrays as it lies in memory.

Pickling an array copies it with the GIL held, 10 ms and more for a large feature map, and the window would
stutter; written and read apart (PEP 574), the GIL is free all the while. Both ends are this program's own.
"""

from __future__ import annotations

import pickle
from multiprocessing.connection import Connection
from typing import Any


def send(connection: Connection, message: object) -> None:
    """Write one message. Raises `OSError` when the other end is gone. One thread an end at a time."""
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    views = [buffer.raw() for buffer in buffers]
    connection.send_bytes(pickle.dumps([view.nbytes for view in views]))
    connection.send_bytes(body)
    for view in views:
        if view.nbytes:  # not every system's pipe carries an empty message
            connection.send_bytes(view)


def receive(connection: Connection) -> Any:
    """Read one message; its arrays are read-only. Raises `EOFError`, `OSError` when the other end is gone."""
    sizes: list[int] = pickle.loads(connection.recv_bytes())
    body = connection.recv_bytes()
    return pickle.loads(body, buffers=[connection.recv_bytes() if size else b"" for size in sizes])
