"""Keeps the local stack's processes from outliving the one that started them, however that one ends."""

import os
import threading
import time


def exit_with_parent(parent_pid: int, interval: float = 0.5) -> None:
    """End this process soon after its parent `parent_pid` is gone, even by SIGKILL; `interval` is in seconds."""

    def watch() -> None:
        while os.getppid() == parent_pid:
            time.sleep(interval)
        os._exit(0)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
