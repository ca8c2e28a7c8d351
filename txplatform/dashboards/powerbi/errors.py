"""What writing a Power BI project and refreshing its model raise.

PlatformError
├── PowerBiProjectError         a project cannot be written             terminal
└── PowerBiError                a request or refresh failed             terminal
    └── PowerBiUnavailableError Power BI did not answer, or not in time retryable
"""

from collections.abc import Mapping
from pathlib import Path

from txplatform.errors import PlatformError

_MOST_NAMED = 20


class PowerBiProjectError(PlatformError):
    """A Power BI project cannot be written into a folder.

    `path` is the folder or file, `problem` what stands against it.
    Remedy: the message names the one of the case, which is also the attribute `remedy`.
    """

    code = "powerbi_project"

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        self.path = path
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{path}: {problem}. Remedy: {remedy}")


class PowerBiError(PlatformError):
    """Power BI refused a request, or a refresh of its semantic model failed.

    `tables` is what Power BI says of each table that failed; it is empty where a request was refused.
    Remedy: the message has Power BI's own words; check the service principal, its access and the model.
    """

    code = "powerbi"

    def __init__(self, message: str, tables: Mapping[str, str] | None = None) -> None:
        self.tables = dict(tables or {})
        shown = [f"{table}: {reason}" for table, reason in sorted(self.tables.items())]
        more = f"; and {len(shown) - _MOST_NAMED} more" if len(shown) > _MOST_NAMED else ""
        super().__init__(message + (f": {'; '.join(shown[:_MOST_NAMED])}{more}" if shown else ""))


class PowerBiUnavailableError(PowerBiError):
    """Power BI did not answer, is throttling, or did not end a refresh in time.

    Remedy: none is needed where it is tried again; if it goes on, look at the refresh history of the model.
    """

    code = "powerbi_unavailable"
    retryable = True
