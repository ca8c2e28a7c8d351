"""The content of landed objects: large ones part by part, all of the same version."""

from dataclasses import replace
from datetime import date

import pytest

from txplatform.contracts.names import Lane
from txplatform.errors import AwsUnavailableError
from txplatform.lake import content as module
from txplatform.lake.content import open_content
from txplatform_tests.lake_stand import BUCKET, Stand, csv_of, payment

DAY = date(2026, 1, 1)


def test_parts_are_of_the_version_that_was_opened(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SMALL", 7)
    monkeypatch.setattr(module, "_PART", 7)
    s3 = stand.clients.client("s3")
    stand.put_file(DAY, "a.csv", b"0123456789" * 10)
    (listed,) = stand.ledger.landing_area.objects(Lane.FILES, stand.contract.name, [DAY])
    item, content = open_content(s3, listed)
    assert content is not None
    assert content.read(12) == b"012345678901"
    s3.put_object(Bucket=BUCKET, Key=item.object_key, Body=b"another content" * 10)
    assert content.read() == b"23456789" + b"0123456789" * 8
    assert content.seek(-5, 2) == 95
    assert (content.read(), content.read()) == (b"56789", b"")
    s3.delete_object(Bucket=BUCKET, Key=item.object_key, VersionId=item.version_id)
    content.seek(0)
    with pytest.raises(AwsUnavailableError, match="from byte 0"):
        content.read()
    assert open_content(s3, replace(item, object_key="raw/none"))[1] is None


def test_a_large_file_is_ingested_part_by_part(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SMALL", 100)
    monkeypatch.setattr(module, "_PART", 100)
    stand.put_file(DAY, "a.csv", csv_of([payment(f"p{number}", f"{number}.00") for number in range(20)]))
    assert stand.ingest_files(DAY).rows == 20
