"""The process that runs the deployed application: its functions, the event pump, the schedules and the gateway.

`python -m txplatform.local.runtime --config FILE --gateway-fd FD --ready-file FILE --parent-pid PID` takes over the
gateway's socket, which is bound before the deployment since the functions' environments hold its URL.
"""

import argparse
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from txplatform.local.clients import LocalClients
from txplatform.local.deploy import Deployment
from txplatform.local.embedded_metrics import EmbeddedMetrics
from txplatform.local.entra import EntraEndpoint, EntraTenant
from txplatform.local.environment import aws_environment
from txplatform.local.errors import LocalStackError
from txplatform.local.functions import Functions
from txplatform.local.gateway.access_log import AccessLog
from txplatform.local.gateway.application import Gateway
from txplatform.local.gateway.invocation import Invocation
from txplatform.local.gateway.routes import NO_API, read_api
from txplatform.local.gateway.server import GatewayServer, url_of
from txplatform.local.gateway.static import StaticFiles
from txplatform.local.parent import exit_with_parent
from txplatform.local.pump import Pump
from txplatform.local.schedules import Scheduler
from txplatform.local.tokens import TokenEndpoint

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RuntimeConfig:
    """Where the local AWS answers, what is deployed (as JSON), where logs go, and the buckets of static prefixes.

    `entra_tenant` holds the fields of the tenant that the gateway serves, if it serves one.
    """

    endpoint: str
    deployment: str
    logs: str
    static_buckets: Mapping[str, str]
    entra_tenant: Mapping[str, Any] | None = None

    def write(self, path: Path) -> None:
        """Write the configuration; readable by its owner only, since environments may hold secrets."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file)

    @classmethod
    def read(cls, path: Path) -> "RuntimeConfig":
        return cls(**json.loads(path.read_text()))


class Runtime:
    """The running application."""

    def __init__(self, config: RuntimeConfig, bound: socket.socket) -> None:
        deployment = Deployment.from_json(config.deployment)
        client = LocalClients(config.endpoint)
        api_id = deployment.the_only("AWS::ApiGatewayV2::Api")
        user_pool = deployment.the_only("AWS::Cognito::UserPool")
        self.functions = Functions(
            deployment.functions.values(),
            aws_environment(config.endpoint),
            Path(config.logs),
            EmbeddedMetrics(client("cloudwatch")).read,
        )
        self.pump = Pump(client, self.functions.invoke)
        api = read_api(client("apigatewayv2"), api_id) if api_id else NO_API
        gateway = Gateway(
            api,
            self.functions.invoke,
            TokenEndpoint(client("cognito-idp"), user_pool) if user_pool else None,
            StaticFiles(client, config.static_buckets),
            Invocation(self.functions.invoke, self.functions.arn_of),
            EntraEndpoint(EntraTenant(**config.entra_tenant), url_of(bound)) if config.entra_tenant else None,
            AccessLog(api.log_format, Path(config.logs) / "access.log"),
        )
        self.scheduler = Scheduler(client)
        self.server = GatewayServer(gateway, bound)

    def start(self) -> None:
        """Load the functions, then let requests and events in; raise LocalStackError."""
        self.functions.start()
        self.server.start()
        self.pump.start()
        self.scheduler.start()

    def stop(self) -> None:
        """Let no new events in, give those under way a moment, and end the functions' processes."""
        self.scheduler.stop()
        self.pump.stop()
        self.server.stop()
        self.functions.stop()


def main() -> None:
    """Run until SIGTERM or SIGINT, until the parent is gone, or until one of its threads fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--gateway-fd", type=int, required=True)
    parser.add_argument("--ready-file", type=Path, required=True)
    parser.add_argument("--parent-pid", type=int, required=True)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    exit_with_parent(options.parent_pid)

    stopping = threading.Event()
    failed = threading.Event()

    def on_thread_failure(failure: threading.ExceptHookArgs) -> None:
        logger.critical("a thread of the runtime failed", exc_info=failure.exc_value)
        failed.set()
        stopping.set()

    threading.excepthook = on_thread_failure
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())

    runtime = Runtime(RuntimeConfig.read(options.config), socket.socket(fileno=options.gateway_fd))
    try:
        runtime.start()
        partial = options.ready_file.with_suffix(".partial")
        partial.write_text(json.dumps({"gateway": runtime.server.url}))
        partial.replace(options.ready_file)
        stopping.wait()
    except LocalStackError as error:
        logger.critical("%s", error)
        failed.set()
    finally:
        runtime.stop()
    logging.shutdown()
    os._exit(1 if failed.is_set() else 0)  # threads that still wait for a long poll need not be awaited


if __name__ == "__main__":
    main()
