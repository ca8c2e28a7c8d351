"""The hooks of Schemathesis: the list of exclusions, and what steers generation.

Importing them registers them.
"""

from txplatform_tests.generated import exclusions, steering

__all__ = ["exclusions", "steering"]
