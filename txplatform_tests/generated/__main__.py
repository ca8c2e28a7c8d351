"""Tries many generated requests on a local stack of its own: `python -m txplatform_tests.generated [--examples 200]`.

Each provider's token is used for all of them; what Schemathesis finds is printed, and makes the status 1.
"""

import argparse
import secrets
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from txplatform.demo.api_reads import Provider
from txplatform.local_platform import start_platform
from txplatform_tests.generated.schemathesis_runs import run


def main() -> int:
    """Run for both providers; return the status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=200, help="generated requests of each operation, about")
    parser.add_argument("--seed", type=int, default=None, help="repeats a run; by default another one each time")
    parser.add_argument("--paths", default="", help="regular expression of the paths to try; by default all")
    arguments = parser.parse_args()
    seed = secrets.randbelow(2**32) if arguments.seed is None else arguments.seed
    status = 0
    with TemporaryDirectory(prefix="txplatform-") as folder, start_platform(Path(folder)) as stack:
        for provider in Provider.both(stack.environment):
            print(f"With a token of {provider.name}, --seed {seed}:", flush=True)
            outcome = run(stack.environment, provider, examples=arguments.examples, seed=seed, paths=arguments.paths)
            print(outcome.text, flush=True)
            status |= outcome.status
    return status


if __name__ == "__main__":
    sys.exit(main())
