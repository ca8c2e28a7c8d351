"""The composition root of the infrastructure: contracts and an environment in, a cloud assembly out.

    python infra/app.py [outdir]

completes the functions' bundles with pip and writes a cloud assembly that `cdk deploy --app <outdir>` takes. The
contracts are those of the folder that TXP_CONTRACTS_DIR names, by default the shipped ones.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # the script's own folder would shadow the distribution `constructs`

from infra import bundle  # noqa: E402
from infra.node import use_packaged_node  # noqa: E402

use_packaged_node()

import aws_cdk  # noqa: E402

from infra.committed import STACK_NAME, contracts_folder  # noqa: E402
from infra.constructs.function import Bundles  # noqa: E402
from infra.environments import PRODUCTION, Environment  # noqa: E402
from infra.stacks.data_plane import DataPlaneStack  # noqa: E402
from txplatform.contracts.loader import load_contracts  # noqa: E402
from txplatform.contracts.mapping.loader import load_systems  # noqa: E402
from txplatform.contracts.names import Function  # noqa: E402
from txplatform.contracts.render.dynamodb import secondary_indexes  # noqa: E402

BUNDLES = ROOT / "build" / "bundles"


class SingleStackSynthesizer(aws_cdk.DefaultStackSynthesizer):
    """The default synthesizer without its bootstrap rule, bound to one stack.

    The default binds a copy of itself to each stack. The copy carries the original's jsii identity, so Python would
    talk to the unbound original whenever it adds an asset.
    """

    def __init__(self) -> None:
        super().__init__(generate_bootstrap_version_rule=False)

    def reusable_bind(self, stack: aws_cdk.Stack) -> aws_cdk.IBoundStackSynthesizer:
        self.bind(stack)
        return self


def build_app(environment: Environment, outdir: Path, bundles: Bundles, folder: Path | None = None) -> aws_cdk.App:
    """Compose the application for the contracts of a folder, by default the shipped ones.

    Its template depends on contracts, environment and bundle names alone, on no path.
    """
    app = aws_cdk.App(
        outdir=str(outdir),
        analytics_reporting=False,
        context={"aws:cdk:enable-path-metadata": False, "aws:cdk:enable-asset-metadata": False},
    )
    contracts = load_contracts(folder)
    DataPlaneStack(
        app,
        STACK_NAME,
        environment=environment,
        entities=list(contracts),
        indexes={name: secondary_indexes(contract) for name, contract in contracts.items()},
        systems=list(load_systems(contracts, folder).values()),
        bundles=bundles,
        description="Transaction platform: the real-time path and the lake.",
        synthesizer=SingleStackSynthesizer(),
    )
    return app


def main(arguments: list[str]) -> None:
    """Complete the bundles for Lambda's own platform and synthesise for production, each bundle named by its hash."""
    outdir = Path(arguments[0]) if arguments else ROOT / "cdk.out"
    for function in Function:
        target = BUNDLES / function.value
        shutil.rmtree(target, ignore_errors=True)
        bundle.build(function, target, provide=bundle.download_for_lambda)
    build_app(PRODUCTION, outdir, Bundles(BUNDLES, bundle.asset_hash), contracts_folder()).synth()


if __name__ == "__main__":
    main(sys.argv[1:])
