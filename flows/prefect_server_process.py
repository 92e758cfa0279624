"""The process of our own Prefect server: `prefect server start`, ended by the closing of a pipe.

    python -m flows.prefect_server_process LIFELINE PORT

LIFELINE is the read end of a pipe whose write end belongs to whoever started us. When that process ends, even by SIGKILL,
the system closes the pipe, and the server stops: no server is left over, holding the database.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def _stop_at_end_of(lifeline: int) -> None:
    os.read(lifeline, 1)  # returns when the other end is closed: nothing is ever written
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    lifeline, port = sys.argv[1:3]
    threading.Thread(target=_stop_at_end_of, args=(int(lifeline),), daemon=True).start()
    sys.argv = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
    runpy.run_module("prefect", run_name="__main__")


if __name__ == "__main__":
    main()
