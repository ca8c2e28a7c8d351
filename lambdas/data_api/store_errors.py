"""The one table of what an error of DynamoDB means for a request, whichever route met it."""

from lambdas.shared.aws import Fault, error_code, fault_of
from lambdas.shared.errors import FunctionError, ItemTooLargeError, StoreRefusedError, StoreUnavailableError


def translated(table: str, error: Exception, fault: Fault | None = None) -> FunctionError:
    """The error to raise for one of AWS_ERRORS; a transaction names the fault of its part."""
    match fault or fault_of(error):
        case Fault.TOO_LARGE:
            return ItemTooLargeError("the record does not fit into one item of DynamoDB")
        case Fault.INVALID:
            return StoreRefusedError(f"table {table}: {error_code(error)}")
        case _:
            return StoreUnavailableError(f"table {table}: {error_code(error)}")
