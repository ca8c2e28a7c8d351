"""The composition root of the infrastructure: contracts and an environment in, a cloud assembly out.

    python -m infra.app <environment> [outdir]

completes the functions' bundles with pip, stages what Dagster's image is built from, and writes a cloud assembly that
`cdk deploy --app <outdir>` takes. The contracts are those of the folder that TXP_CONTRACTS_DIR names, by default the
shipped ones. TXP_INSTALLATION must be that of the environment, as `make deploy` sets it.
"""

import shutil
import sys
from pathlib import Path

from infra import bundle
from infra.node import use_packaged_node

use_packaged_node()

import aws_cdk  # noqa: E402

from infra.committed import ORCHESTRATION_STACK_NAME, STACK_NAME, contracts_folder  # noqa: E402
from infra.constructs.function import Bundles  # noqa: E402
from infra.environments import ENVIRONMENTS, Environment  # noqa: E402
from infra.image import Image, stage  # noqa: E402
from infra.stacks.data_plane import DataPlaneStack  # noqa: E402
from infra.stacks.orchestration import OrchestrationStack  # noqa: E402
from txplatform.contracts import installation, names  # noqa: E402
from txplatform.contracts.loader import load_contracts  # noqa: E402
from txplatform.contracts.mapping.loader import load_systems  # noqa: E402
from txplatform.contracts.names import Function  # noqa: E402
from txplatform.contracts.render.dynamodb import secondary_indexes  # noqa: E402
from txplatform.errors import ConfigurationError  # noqa: E402

BUNDLES = bundle.ROOT / "build" / "bundles"
IMAGE = bundle.ROOT / "build" / "image"


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


def build_app(
    environment: Environment, outdir: Path, bundles: Bundles, image: Image, folder: Path | None = None
) -> aws_cdk.App:
    """Compose the application for the contracts of a folder, by default the shipped ones.

    Its templates depend on contracts, environment and the names of bundles and image alone, on no path. Raise
    ConfigurationError in a process whose names are those of another installation.
    """
    if environment.installation != names.PREFIX:
        raise ConfigurationError(
            f"{environment.name} is the installation {environment.installation}, and this process has the names of "
            f"{names.PREFIX}. Remedy: {installation.VARIABLE}={environment.installation}, or make deploy ENV=..."
        )
    app = aws_cdk.App(
        outdir=str(outdir),
        analytics_reporting=False,
        context={"aws:cdk:enable-path-metadata": False, "aws:cdk:enable-asset-metadata": False},
    )
    contracts = load_contracts(folder)
    data_plane = DataPlaneStack(
        app,
        STACK_NAME,
        environment=environment,
        entities=list(contracts),
        indexes={name: secondary_indexes(contract) for name, contract in contracts.items()},
        systems=list(load_systems(contracts, folder).values()),
        bundles=bundles,
        description="Transaction platform: the real-time path and the lake.",
        synthesizer=SingleStackSynthesizer(),
        tags=environment.tags,
    )
    OrchestrationStack(
        app,
        ORCHESTRATION_STACK_NAME,
        environment=environment,
        image=image,
        description="Transaction platform: Dagster.",
        synthesizer=SingleStackSynthesizer(),
        tags=environment.tags,
    ).add_stack_dependency(data_plane)
    return app


def main(arguments: list[str]) -> None:
    """Complete bundles and image for AWS and synthesise an environment, each asset named by its hash."""
    environment = ENVIRONMENTS[arguments[0]]
    outdir = Path(arguments[1]) if len(arguments) > 1 else bundle.ROOT / "cdk.out"
    for function in Function:
        target = BUNDLES / function.value
        shutil.rmtree(target, ignore_errors=True)
        bundle.build(function, target, provide=bundle.download_for_lambda)
    contracts = contracts_folder()
    build_app(environment, outdir, Bundles(BUNDLES, bundle.asset_hash), stage(IMAGE, contracts), contracts).synth()


if __name__ == "__main__":
    main(sys.argv[1:])
