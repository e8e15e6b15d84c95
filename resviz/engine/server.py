"""The child's loop over `nets`: one device lane, latest wins, cancel between layers, progress.

The main thread is the lane and does the work; the reader takes requests in as they come, drops what they replace, and
ends the process when the window's end of the pipe closes; what waits for a disk or a server has threads of its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from multiprocessing.connection import Connection

from resviz.engine import messages as m
from resviz.engine import wire
from resviz.engine.addresses import Addresses
from resviz.engine.inbox import Inbox
from resviz.engine.infos import device_info, weights_info
from resviz.engine.lane import Lane
from resviz.engine.outlet import Outlet, end
from resviz.engine.side import Side

POLITENESS = 5
"""Added to the niceness, so that on two cores the window comes first."""


def main(connection: Connection) -> None:
    """Serve one client until its end of the pipe closes; runs in the child's main thread, never returns."""
    _detach()
    outlet = Outlet(connection)
    inbox, addresses = Inbox(outlet), Addresses()
    side = Side(outlet, addresses, inbox.take)
    threading.Thread(target=_read, args=(connection, inbox, side), name="resviz-reader", daemon=True).start()
    try:
        outlet.send(m.Progress(0, 0.0, "Loading PyTorch"))
        outlet.send(_ready())
        lane = Lane(outlet, inbox, addresses)
        while True:
            lane.work(*inbox.next())
    except OSError:  # the window is gone
        end(0)


def _detach() -> None:
    """Live beside the window: deaf to Ctrl-C, which is the window's and ends this too, and second at the CPU."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(POLITENESS)
    # By default OpenMP's idle threads spin. On two busy cores that made a 4 ms forward pass take 300 ms.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _ready() -> m.Ready:
    import torch

    from resviz.nets import catalog, classifier, devices  # noqa: F401  (the classifier before the first request)

    known = tuple(device_info(device) for device in devices.devices())
    return m.Ready(known, tuple(weights_info(entry) for entry in catalog.local()), str(torch.__version__))


def _read(connection: Connection, inbox: Inbox, side: Side) -> None:
    try:
        while True:
            request = wire.receive(connection)
            if isinstance(request, m.Shutdown):
                break
            if not side.take(request):
                inbox.take(request)
    except (EOFError, OSError):
        pass
    end(0)
