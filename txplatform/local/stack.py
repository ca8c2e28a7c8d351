"""Starts the whole local AWS and stops it: services, deployed data plane, published contracts and runtime."""

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.registry import publish
from txplatform.local.children import Child
from txplatform.local.clients import LocalClients
from txplatform.local.deploy import Deployment, deploy, load_template
from txplatform.local.environment import aws_environment
from txplatform.local.errors import LocalStackError
from txplatform.local.gateway.server import bind
from txplatform.local.runtime import RuntimeConfig
from txplatform.local.state import StateDir
from txplatform.local.tokens import TOKEN_PATH
from txplatform.settings import STACK_OUTPUTS, Settings

logger = logging.getLogger(__name__)

_START_SECONDS = 120
_STOP_SECONDS = 2.0  # for each of the two processes: together below five seconds


class LocalStack:
    """A running local AWS. `environment` is what a process needs to use it, `settings` the same as a typed value."""

    def __init__(self, state: StateDir) -> None:
        self.state = state
        self.environment: dict[str, str] = {}
        self._children: list[Child] = []

    @classmethod
    def start(cls, state_dir: Path, port: int = 0, progress: Callable[[str], None] = logger.info) -> "LocalStack":
        """Start everything and return when requests and events are taken; raise LocalStackError.

        `port` is the gateway's, 0 takes a free one. `progress` is told each step in words.
        """
        stack = cls(StateDir(state_dir))
        try:
            stack.state.acquire()
            stack._start(port, progress)
        except OSError as error:
            stack.stop()
            raise LocalStackError(
                f"local stack: {error}. Remedy: choose another directory with --state-dir, another port with --port, "
                f"or make space"
            ) from error
        except BaseException:
            stack.stop()
            raise
        return stack

    @property
    def settings(self) -> Settings:
        """The platform's settings for this stack."""
        return Settings.from_env(self.environment)

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

    def _start(self, port: int, progress: Callable[[str], None]) -> None:
        began = time.monotonic()
        progress("Starting the AWS services")
        services = Child.start("aws", "txplatform.local.aws", ["--port", "0"], self.state.path, {})
        self._children.append(services)
        contracts = load_contracts()
        template, assets = load_template()
        with bind(port) as gateway_socket:
            gateway_url = f"http://127.0.0.1:{gateway_socket.getsockname()[1]}"
            endpoint = services.wait_ready(_START_SECONDS)["endpoint"]
            client = LocalClients(endpoint)

            progress(f"Deploying {len(template['Resources'])} resources of the data plane")
            overrides = {
                "ApiUrl": gateway_url,
                "TokenUrl": gateway_url + TOKEN_PATH,
                "JwksUrl": endpoint + "/{UserPoolId}/.well-known/jwks.json",
            }
            deployment = deploy(template, assets, client, overrides, self.state.code)

            progress(f"Publishing the contracts of {', '.join(contracts)}")
            for contract in contracts.values():
                publish(client("dynamodb"), contract)

            progress(f"Loading {len(deployment.functions)} functions")
            RuntimeConfig(endpoint, deployment.to_json(), str(self.state.logs)).write(self.state.runtime_config)
            descriptor = gateway_socket.fileno()
            arguments = ["--config", str(self.state.runtime_config), "--gateway-fd", str(descriptor)]
            runtime = Child.start(
                "runtime",
                "txplatform.local.runtime",
                arguments,
                self.state.path,
                aws_environment(endpoint),
                [descriptor],
            )
            self._children.append(runtime)
        runtime.wait_ready(_START_SECONDS)
        self.environment = _environment(endpoint, gateway_url, deployment, client)
        self.state.write_env(self.environment)
        progress(f"The local AWS runs, after {time.monotonic() - began:.1f} s")


def _environment(endpoint: str, gateway_url: str, deployment: Deployment, client: LocalClients) -> dict[str, str]:
    outputs = deployment.outputs
    answer = client("secretsmanager").get_secret_value(SecretId=outputs["MachineClientSecretArn"])
    credentials = json.loads(answer["SecretString"])
    return {
        **aws_environment(endpoint),
        **{variable: outputs[output] for variable, output in STACK_OUTPUTS.items()},
        "TXP_DASHBOARDS_URL": f"{gateway_url}/{names.DASHBOARDS_PREFIX}",
        "TXP_TOKEN_URL": outputs["TokenUrl"],
        "TXP_CLIENT_ID": credentials["client_id"],
        "TXP_CLIENT_SECRET": credentials["client_secret"],
    }
