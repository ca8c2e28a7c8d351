"""What the data plane hands to the stacks beside it: its outputs, each exported under the installation's name.

A stack that takes one keeps the data plane from deleting or renaming it, and can be synthesised on its own.
"""

from collections.abc import Mapping

from txplatform.contracts import names
from txplatform.settings import STACK_OUTPUTS

PLATFORM_POLICY = "PlatformPolicyArn"
EXPORTED = frozenset({*STACK_OUTPUTS.values(), PLATFORM_POLICY})


def export_name(output: str) -> str:
    """Name the export of an output; an account and region has one list of them."""
    return f"{names.PREFIX}:{output}"


def settings_of(outputs: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of the platform that a deployed data plane puts out, by variable."""
    return {variable: outputs[output] for variable, output in STACK_OUTPUTS.items()}
