"""A plugin of pytest for PyAthena's own tests: what they need to run against a local AWS, none of their code changed.

They poll once a second, and pyarrow's S3 takes no endpoint from the environment.
"""

import functools
import inspect
import os
from importlib import import_module
from typing import Any

_POLL_SECONDS = 0.05


def pytest_configure() -> None:
    """Poll faster, and lead pyarrow to the local S3."""
    connection: Any = import_module("pyathena.connection").Connection
    found = inspect.signature(connection.__init__).parameters.values()
    connection.__init__.__defaults__ = tuple(
        _POLL_SECONDS if parameter.name == "poll_interval" else parameter.default
        for parameter in found
        if parameter.default is not parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    )
    files: Any = import_module("pyarrow.fs")
    files.S3FileSystem = functools.partial(files.S3FileSystem, endpoint_override=os.environ["AWS_ENDPOINT_URL"])
