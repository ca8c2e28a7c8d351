"""Where an asset is written down: its contract and its function, as links in the UI."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import dagster as dg

from txplatform.contracts.model import Contract

REFERENCES = "dagster/code_references"

_REPOSITORY = Path(__file__).parents[2]


def with_code_references(
    assets: Sequence[dg.AssetsDefinition | dg.AssetSpec], contracts: Mapping[str, Contract], source_url: str | None
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Give each asset references to its function, if Dagster runs it, and to the contract of its group, if it has one.

    They name files on this machine, which the UI opens in an editor, or, with `source_url`, pages below that address:
    where the root of the repository is shown at the deployed commit, e.g. `https://example.org/repository/blob/<commit>`.
    A contract outside the repository stays a file.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # code references, until Dagster calls them stable

        def referenced(spec: dg.AssetSpec) -> dg.AssetSpec:
            contract = contracts.get(spec.group_name or "")
            own = spec.metadata.get(REFERENCES)
            references = list(own.code_references) if isinstance(own, dg.CodeReferencesMetadataValue) else []
            if contract is not None:
                references.append(dg.LocalFileCodeReference(file_path=str(contract.path.resolve()), label="contract"))
            published = [_published(reference, source_url) for reference in references]
            entry = {REFERENCES: dg.CodeReferencesMetadataValue(code_references=published)} if published else {}
            return spec.replace_attributes(metadata={**spec.metadata, **entry})

        return [
            referenced(asset) if isinstance(asset, dg.AssetSpec) else asset.map_asset_specs(referenced)
            for asset in dg.with_source_code_references(assets)
            if isinstance(asset, (dg.AssetSpec, dg.AssetsDefinition))
        ]


def _published(
    reference: dg.LocalFileCodeReference | dg.UrlCodeReference, source_url: str | None
) -> dg.LocalFileCodeReference | dg.UrlCodeReference:
    if source_url is None or isinstance(reference, dg.UrlCodeReference):
        return reference
    path = Path(reference.file_path)
    if not path.is_relative_to(_REPOSITORY):
        return reference
    line = f"#L{reference.line_number}" if reference.line_number else ""
    return dg.UrlCodeReference(
        url=f"{source_url.rstrip('/')}/{path.relative_to(_REPOSITORY).as_posix()}{line}", label=reference.label
    )
