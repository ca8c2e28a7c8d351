"""How a stack beside the data plane refers to what that exports."""

from aws_cdk import Fn

from infra.exports import EXPORTED, export_name


def imported(output: str) -> str:
    """Refer to an output of the data plane of the same installation."""
    assert output in EXPORTED
    return Fn.import_value(export_name(output))
