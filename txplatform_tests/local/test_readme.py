"""The README's example of another application runs as it stands."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import txplatform.local
from txplatform.local.environment import child_environment

README = Path(txplatform.local.__file__).with_name("README.md")


@pytest.mark.slow
def test_the_example_runs() -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    done = subprocess.run(
        [sys.executable, "-c", example],
        env=child_environment({}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = re.search(r"# (\{.*\})$", example, re.MULTILINE)
    assert shown is not None
    assert json.loads(done.stdout) == json.loads(shown[1])
