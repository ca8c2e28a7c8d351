"""The figures of an entity as of the last time that it was proven, kept beside the page for as long as it is not."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from txplatform.contracts import names

if TYPE_CHECKING:
    from txplatform.aws import AwsClients

_READERS: Mapping[Any, Any] = {int: int, str: str, Decimal: Decimal, date: date.fromisoformat}


@dataclass(frozen=True, slots=True)
class ProvenFigures:
    """The sections of an entity's figures, by name, as they were computed at `as_of`, when its parity was green."""

    as_of: datetime
    sections: Mapping[str, tuple[Any, ...]]


def to_text(figures: ProvenFigures) -> str:
    """Write figures as JSON, decimals and days as texts."""
    sections = {name: [asdict(row) for row in rows] for name, rows in figures.sections.items()}
    return json.dumps({"as_of": figures.as_of.isoformat(), "sections": sections}, default=str)


def from_text(text: str, values: Mapping[str, type]) -> ProvenFigures | None:
    """Read figures whose sections have rows of these types; None for a text that an older version has written."""
    try:
        document = json.loads(text)
        sections = {
            name: tuple(
                kind(**{item.name: _READERS[item.type](row[item.name]) for item in fields(kind)})  # type: ignore[arg-type]
                for row in document["sections"][name]
            )
            for name, kind in values.items()
        }
        return ProvenFigures(datetime.fromisoformat(document["as_of"]), sections)
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return None


def load(clients: "AwsClients", bucket: str, entity: str, values: Mapping[str, type]) -> ProvenFigures | None:
    """The kept figures, None where there are none."""
    client = clients.client("s3")
    try:
        body = client.get_object(Bucket=bucket, Key=_key(entity))["Body"].read()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "NoSuchKey":
            return None
        raise
    return from_text(body.decode(), values)


def save(clients: "AwsClients", bucket: str, entity: str, figures: ProvenFigures) -> None:
    """Replace the kept figures."""
    body = to_text(figures).encode()
    clients.client("s3").put_object(Bucket=bucket, Key=_key(entity), Body=body, ContentType="application/json")


def _key(entity: str) -> str:
    return f"{names.DASHBOARDS_PREFIX}/proven/{entity}.json"
