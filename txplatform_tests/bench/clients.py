"""Clients of Athena on the local one: awswrangler's calls, a dbt project built twice, PyAthena's own tests.

Each is in an environment of its own, unchanged. PyAthena's tests are in no package: they run where the environment's
PYATHENA_SUITE names a checkout of its repository.
"""

import json
import os
import subprocess
import tempfile
import xml.etree.ElementTree as Tree
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from txplatform.local.clients import LocalClients
from txplatform_tests.bench.frame.figures import Figure, Size, Untried
from txplatform_tests.bench.frame.measuring import progress
from txplatform_tests.bench.frame.peer import SCRIPTS, PeerMissingError, python_of, said
from txplatform_tests.lake_stand import CREDENTIALS, aws_process

SUITE = "PYATHENA_SUITE"
BUCKET = "clients"
_LEAST_CALLS, _LEAST_NODES, _LEAST_SHARE = 32, 13, 92.3  # the share is 800 of 867
_BUILDS = {Size.SMALL: 1, Size.FULL: 2}
SETTINGS = dict.fromkeys(Size, "awswrangler, dbt-athena and PyAthena against the local Athena, each unchanged.")


def measure(size: Size) -> Iterator[Figure | Untried]:
    """Run each client where its packages can be had."""
    endpoint, _ = aws_process()
    environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}
    client = LocalClients(endpoint)
    client("s3").create_bucket(Bucket=BUCKET)
    yield from _tried("awswrangler's calls", lambda: _calls(endpoint, environment))
    yield from _tried("dbt", lambda: _builds(_BUILDS[size], environment))
    if size is Size.FULL:
        yield from _tried("PyAthena's own tests", lambda: _suite(client, environment))


def _tried(name: str, measured: Callable[[], Iterator[Figure | Untried]]) -> Iterator[Figure | Untried]:
    try:
        yield from measured()
    except PeerMissingError as error:
        yield Untried(name, str(error))


def _calls(endpoint: str, environment: dict[str, str]) -> Iterator[Figure]:
    errors = json.loads(said("awswrangler", "calls_of_awswrangler.py", endpoint, environment=environment))
    for name, error in errors.items():
        if error:
            progress(f"awswrangler, {name}: {error}")
    wrong = sum(error is not None for error in errors.values())
    yield Figure("awswrangler: calls that answer", len(errors) - wrong, least=_LEAST_CALLS, exact=True)
    yield Figure("awswrangler: calls that do not", wrong, most=0, exact=True)


def _builds(builds: int, environment: dict[str, str]) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="dbt-") as folder:
        lines = said("dbt", "dbt_builds.py", folder, str(builds), environment=environment).splitlines()
    for number, counted in enumerate(map(json.loads, lines), 1):
        green = counted.get("success", 0) + counted.get("pass", 0)
        yield Figure(f"dbt, build {number}: nodes green", green, least=_LEAST_NODES, exact=True)
        yield Figure(f"dbt, build {number}: nodes red", sum(counted.values()) - green, most=0, exact=True)


def _suite(client: LocalClients, environment: dict[str, str]) -> Iterator[Figure | Untried]:
    checkout = os.environ.get(SUITE)
    if not checkout:
        yield Untried("PyAthena's own tests", f"{SUITE} names no checkout of its repository")
        return
    client("glue").create_database(DatabaseInput={"Name": "default"})
    location = {"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/results/"}}
    for name in ("pyathena", "spark"):
        configuration = {**location, "EnforceWorkGroupConfiguration": False}
        client("athena").create_work_group(Name=name, Configuration=configuration)
    with tempfile.TemporaryDirectory(prefix="pyathena-") as folder:
        report = Path(folder, "report.xml")
        command = [str(python_of("pyathena")), "-m", "pytest", "-q", "-p", "pyathena_on_a_local_aws"]
        command += ["-p", "no:cacheprovider", "-n", "2", "--dist", "loadfile", f"--junitxml={report}", "tests/pyathena"]
        wanted = {
            "AWS_ATHENA_S3_STAGING_DIR": f"s3://{BUCKET}/results/",
            "AWS_ATHENA_WORKGROUP": "pyathena",
            "AWS_ATHENA_SPARK_WORKGROUP": "spark",
            "PYTHONPATH": os.pathsep.join((checkout, str(SCRIPTS))),
        }
        progress("PyAthena's own tests: a quarter of an hour")
        subprocess.run(
            command, cwd=checkout, env={**os.environ, **environment, **wanted}, capture_output=True, check=False
        )
        cases = list(Tree.parse(report).iter("testcase"))
    outcomes = Counter(_outcome(case) for case in cases)
    for case in cases:
        if _outcome(case) == "failed":
            progress(f"PyAthena, failed: {case.get('classname')}.{case.get('name')}")
    passed, failed = outcomes["passed"], outcomes["failed"]
    yield Figure("PyAthena: tests passed", passed)
    yield Figure("PyAthena: tests failed", failed)
    yield Figure("PyAthena: share passed", 100 * passed / (passed + failed), "%", least=_LEAST_SHARE)


def _outcome(case: Tree.Element) -> str:
    if case.find("skipped") is not None:
        return "skipped"
    return "passed" if case.find("failure") is None and case.find("error") is None else "failed"
