"""The pinned closure of each function's requirements: what a bundle must hold besides its sources.

Versions are those of the running environment, which `constraints.txt` pins; markers are evaluated as Lambda would, so
the lock is the same whatever machine writes it.
"""

from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra import bundle
from txplatform.contracts.names import Function

_LAMBDA = {
    "implementation_name": "cpython",
    "implementation_version": f"{bundle.LAMBDA_PYTHON}.0",
    "os_name": "posix",
    "platform_machine": bundle.LAMBDA_MACHINE,
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": f"{bundle.LAMBDA_PYTHON}.0",
    "python_version": bundle.LAMBDA_PYTHON,
    "sys_platform": "linux",
}


def resolve_closure(function: Function) -> list[str]:
    """List `name==version` of everything a function's requirements.txt leads to, sorted by name."""
    text = (bundle.ROOT / "lambdas" / function.value / "requirements.txt").read_text(encoding="utf-8")
    pending = [Requirement(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    visited: set[tuple[str, str]] = set()
    pins: dict[str, str] = {}
    while pending:
        requirement = pending.pop()
        distribution = metadata.distribution(requirement.name)
        name = canonicalize_name(requirement.name)
        pins[name] = distribution.version
        for extra in {"", *requirement.extras}:
            if (name, extra) in visited:
                continue
            visited.add((name, extra))
            for line in distribution.requires or ():
                dependency = Requirement(line)
                if dependency.marker is None or dependency.marker.evaluate({**_LAMBDA, "extra": extra}):
                    pending.append(dependency)
    return [f"{name}=={pins[name]}" for name in sorted(pins)]
