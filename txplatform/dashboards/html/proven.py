"""The figures of an entity as of the last time that it was proven, kept beside the page for as long as it is not."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from txplatform.contracts import names
from txplatform.dashboards.html.data import EntityFigures
from txplatform.dashboards.html.figures import Figures
from txplatform.dashboards.html.records import Records

if TYPE_CHECKING:
    from txplatform.aws import AwsClients

_Kept = TypeVar("_Kept", Figures, Records)


@dataclass(frozen=True, slots=True)
class ProvenFigures:
    """Figures by mart, and records, each of the moment at which it was computed and its entities were proven."""

    marts: Mapping[str, Figures] = field(default_factory=dict[str, Figures])
    records: Records | None = None


def proven_figures(found: EntityFigures, now: datetime) -> ProvenFigures:
    """What is to be kept of an entity's figures: all that there are."""
    marts = {name: _of(item, now) for name, item in found.marts.items() if isinstance(item, Figures)}
    return ProvenFigures(marts, _of(found.records, now) if isinstance(found.records, Records) else None)


def _of(item: _Kept, now: datetime) -> _Kept:
    return replace(item, as_of=item.as_of or now)


def to_text(figures: ProvenFigures) -> str:
    """Write figures as JSON."""
    return json.dumps(asdict(figures), default=datetime.isoformat)


def from_text(text: str) -> ProvenFigures | None:
    """Read figures; None for a text that an older version has written."""
    try:
        document = json.loads(text)
        marts = {name: Figures(**_dated(entry)) for name, entry in document["marts"].items()}
        records = document["records"]
        return ProvenFigures(marts, None if records is None else Records(**_dated(records)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _dated(entry: dict[str, Any]) -> dict[str, Any]:
    lists = {name: tuple(value) for name, value in entry.items() if name == "left_out"}
    return {**entry, **lists, "as_of": datetime.fromisoformat(entry["as_of"])}


def load(clients: "AwsClients", bucket: str, entity: str) -> ProvenFigures | None:
    """The kept figures, None where there are none."""
    client = clients.client("s3")
    try:
        body = client.get_object(Bucket=bucket, Key=_key(entity))["Body"].read()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "NoSuchKey":
            return None
        raise
    return from_text(body.decode())


def save(clients: "AwsClients", bucket: str, entity: str, figures: ProvenFigures) -> None:
    """Replace the kept figures."""
    body = to_text(figures).encode()
    clients.client("s3").put_object(Bucket=bucket, Key=_key(entity), Body=body, ContentType="application/json")


def _key(entity: str) -> str:
    return f"{names.DASHBOARDS_PREFIX}/proven/{entity}.json"
