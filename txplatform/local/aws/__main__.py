"""Command line of the local AWS process; see `server.run`."""

import argparse
import logging
from pathlib import Path

from txplatform.local.aws.server import run


def main() -> None:
    """Serve the local AWS on 127.0.0.1 until SIGTERM, SIGINT or the death of the parent."""
    parser = argparse.ArgumentParser(prog="python -m txplatform.local.aws", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="port to bind; 0 takes a free one")
    parser.add_argument("--ready-file", type=Path, help='gets {"endpoint": URL} once requests are answered')
    parser.add_argument("--parent-pid", type=int, help="exit when this process is gone")
    parser.add_argument("--gateway", help="URL of the gateway, by way of which functions are invoked")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    run(arguments.port, arguments.ready_file, arguments.parent_pid, arguments.gateway)


if __name__ == "__main__":
    main()
