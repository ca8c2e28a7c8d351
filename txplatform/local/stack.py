"""Starts the whole local AWS and stops it: services, deployed application, seed and runtime."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from botocore.exceptions import BotoCoreError, ClientError

from txplatform.local.application import Application, Deployed
from txplatform.local.children import Child
from txplatform.local.clients import LocalClients
from txplatform.local.deploy import Addresses, Deployment, deploy
from txplatform.local.environment import aws_environment
from txplatform.local.errors import LocalStackError
from txplatform.local.gateway.server import bind, url_of
from txplatform.local.runtime import RuntimeConfig
from txplatform.local.state import StateDir

logger = logging.getLogger(__name__)

_START_SECONDS = 120
_STOP_SECONDS = 2.0  # for each of the two processes: together below five seconds


class LocalStack:
    """A running local AWS. `environment` holds the variables that a process needs to use it."""

    def __init__(self, state: StateDir) -> None:
        self.state = state
        self.environment: dict[str, str] = {}
        self._children: list[Child] = []

    @classmethod
    def start(
        cls,
        application: Application,
        state_dir: Path,
        port: int = 0,
        progress: Callable[[str], None] = logger.info,
    ) -> "LocalStack":
        """Start everything and return when requests and events are taken; raise LocalStackError.

        `port` is the gateway's, 0 takes a free one. `progress` is called with each step in words.
        """
        stack = cls(StateDir(state_dir))
        try:
            stack.state.acquire()
            stack._start(application, port, progress)
        except OSError as error:
            stack.stop()
            raise LocalStackError(
                f"local stack: {error}. Remedy: choose another directory with --state-dir, another port with --port, "
                f"or make space"
            ) from error
        except (BotoCoreError, ClientError) as error:
            stack.stop()
            raise LocalStackError(f"local stack: {error}. Its logs are in {stack.state.logs}") from error
        except BaseException:
            stack.stop()
            raise
        return stack

    @cached_property
    def client(self) -> LocalClients:
        """Clients of this stack, by service name."""
        return LocalClients(self.environment["AWS_ENDPOINT_URL"])

    def check(self) -> None:
        """Raise LocalStackError with the end of its log when one of the stack's processes has exited."""
        for child in self._children:
            child.check()

    def stop(self) -> None:
        """End every process in less than five seconds; what the stack held is gone. Stopping twice is fine."""
        for child in reversed(self._children):
            child.stop(_STOP_SECONDS)
        self._children.clear()
        self.state.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, application: Application, port: int, progress: Callable[[str], None]) -> None:
        began = time.monotonic()
        progress("Starting the AWS services")
        with bind(port) as gateway_socket:
            gateway_url = url_of(gateway_socket)
            options = ["--port", "0", "--gateway", gateway_url]
            services = Child.start("aws", "txplatform.local.aws", options, self.state.path, {})
            self._children.append(services)
            endpoint = services.wait_ready(_START_SECONDS)["endpoint"]
            client = LocalClients(endpoint)

            progress(f"Deploying {len(application.template['Resources'])} resources of {application.name}")
            deployment = deploy(
                application.name,
                application.template,
                application.read_bundle,
                client,
                Addresses(endpoint, gateway_url),
                self.state.code,
                application.make_parameters(gateway_url),
            )
            deployed = Deployed(client, deployment, gateway_url)
            application.seed(deployed)

            progress(f"Loading {len(deployment.functions)} functions")
            runtime = self._start_runtime(endpoint, application, deployment, gateway_socket.fileno())
        runtime.wait_ready(_START_SECONDS)
        self.environment = aws_environment(endpoint) | dict(application.make_environment(deployed))
        self.state.write_env(self.environment)
        progress(f"The local AWS runs, after {time.monotonic() - began:.1f} s")

    def _start_runtime(
        self, endpoint: str, application: Application, deployment: Deployment, gateway_descriptor: int
    ) -> Child:
        buckets = {prefix: deployment.outputs[output] for prefix, output in application.static_prefixes.items()}
        tenant = asdict(application.entra_tenant) if application.entra_tenant else None
        config = RuntimeConfig(endpoint, deployment.to_json(), str(self.state.logs), buckets, tenant)
        config.write(self.state.runtime_config)
        runtime = Child.start(
            "runtime",
            "txplatform.local.runtime",
            ["--config", str(self.state.runtime_config), "--gateway-fd", str(gateway_descriptor)],
            self.state.path,
            aws_environment(endpoint),
            [gateway_descriptor],
        )
        self._children.append(runtime)
        return runtime
