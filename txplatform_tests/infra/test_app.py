"""The cloud assembly that is deployed: every function with its completed bundle."""

import json
from pathlib import Path

import pytest

from infra import app, bundle, committed
from txplatform.contracts.names import Function


def test_an_assembly_points_at_a_bundle_for_every_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    downloaded: list[list[str]] = []
    monkeypatch.setattr(bundle, "download_for_lambda", lambda pins, target: downloaded.append(pins))
    monkeypatch.setattr(app, "BUNDLES", tmp_path / "bundles")
    monkeypatch.setenv("CDK_VALIDATION", "false")
    monkeypatch.setattr(app, "IMAGE", tmp_path / "image")
    app.main(["prod", str(tmp_path / "assembly")])
    manifest = json.loads((tmp_path / "assembly" / f"{committed.STACK_NAME}.assets.json").read_text(encoding="utf-8"))
    sources = {key: file["source"] for key, file in manifest["files"].items() if file["source"]["packaging"] == "zip"}
    assert sources.keys() == {bundle.asset_hash(function) for function in Function}
    for function in Function:
        folder = (tmp_path / "assembly" / sources[bundle.asset_hash(function)]["path"]).resolve()
        held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert held == set(bundle.asset_files(function))
    assert downloaded == [bundle.locked_requirements(function) for function in Function]
    assets = tmp_path / "assembly" / f"{committed.ORCHESTRATION_STACK_NAME}.assets.json"
    (image,) = json.loads(assets.read_text(encoding="utf-8"))["dockerImages"].values()
    context = (tmp_path / "assembly" / image["source"]["directory"]).resolve()
    assert context == tmp_path / "image"
    assert {"Dockerfile", "constraints-image.txt", "deploy", "txplatform"} <= {path.name for path in context.iterdir()}
