"""Writes the pages to `dashboards/` in the lake bucket, which is served at the dashboards URL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import ClientError

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.openapi import openapi_document
from txplatform.dashboards.html.api_reference import render_api_reference, viewer_files
from txplatform.dashboards.html.data import DashboardData, Withheld
from txplatform.dashboards.html.figures import Figures
from txplatform.dashboards.html.grain import Athena
from txplatform.dashboards.html.health import Ledger, ParityOutcome
from txplatform.dashboards.html.page import problems, render
from txplatform.dashboards.html.proven import load, proven_figures, save
from txplatform.dashboards.html.queries import collect
from txplatform.dashboards.html.records import Records
from txplatform.settings import Settings
from txplatform.warehouse.marts.files import marts

DASHBOARD = "dashboard.html"
API_REFERENCE = "api.html"

_THERE = ("PreconditionFailed", "ConditionalRequestConflict")  # the file is there, or another run is putting it


@dataclass(frozen=True, slots=True)
class Published:
    """Where the pages are and what they hold: `rows` is the number of current records per entity.

    `problems` names what could not be computed and is shown as such on the page.
    """

    dashboard_url: str
    api_url: str
    size_bytes: int
    rows: dict[str, int]
    problems: tuple[str, ...] = ()


def publish(
    clients: AwsClients,
    settings: Settings,
    athena: Athena,
    ledger: Ledger,
    parity: Mapping[str, ParityOutcome],
    contracts: Mapping[str, Contract],
    now: datetime,
) -> Published:
    """Render dashboard and API reference and replace the published ones, where the settings say.

    What cannot be read or is not proven says so on the page. The figures of an entity that is proven are kept, and
    shown as of that time while it is not.
    """
    data = _data(clients, settings.lake_bucket, athena, ledger, parity, contracts, now)
    page = render(data, contracts, settings.dagster_url).encode()
    _put(clients, settings.lake_bucket, DASHBOARD, page)
    document = openapi_document(contracts, settings.api_url, settings.token_url, settings.further_issuers)
    _put_viewer(clients, settings.lake_bucket)
    _put(clients, settings.lake_bucket, API_REFERENCE, render_api_reference(document).encode())
    base = settings.dashboards_url.rstrip("/")
    return Published(
        dashboard_url=f"{base}/{DASHBOARD}",
        api_url=f"{base}/{API_REFERENCE}",
        size_bytes=len(page),
        rows={item.entity: item.rows for item in data.health},
        problems=problems(data),
    )


def _data(
    clients: AwsClients,
    bucket: str,
    athena: Athena,
    ledger: Ledger,
    parity: Mapping[str, ParityOutcome],
    contracts: Mapping[str, Contract],
    now: datetime,
) -> DashboardData:
    """What the page shows; figures that are proven are kept for when they are not."""
    proven = {name for name in contracts if name in parity and parity[name].equal}
    read = {name: {name, *(item for mart in marts(contracts[name], contracts) for item in mart.reads)}
            for name in contracts}  # fmt: skip
    kept = {name: load(clients, bucket, name) for name in contracts if not read[name] <= proven}
    data = collect(athena, ledger, parity, contracts, now, {name: item for name, item in kept.items() if item})
    for name in proven - data.unreadable.keys():
        found = data.figures[name]
        if all(isinstance(item, Figures | Records | Withheld) for item in (*found.marts.values(), found.records)):
            save(clients, bucket, name, proven_figures(found, now))
    return data


def _put(clients: AwsClients, bucket: str, name: str, body: bytes) -> None:
    clients.client("s3").put_object(
        Bucket=bucket,
        Key=f"{names.DASHBOARDS_PREFIX}/{name}",
        Body=body,
        ContentType="text/html; charset=utf-8",
        CacheControl="no-cache",
    )


def _put_viewer(clients: AwsClients, bucket: str) -> None:
    """Put the files of the API reference's viewer that are not there; their names change with their version."""
    for file in viewer_files():
        try:
            clients.client("s3").put_object(
                Bucket=bucket,
                Key=f"{names.DASHBOARDS_PREFIX}/{file.name}",
                Body=file.body,
                ContentType=file.content_type,
                CacheControl="public, max-age=31536000, immutable",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _THERE:
                raise
