"""The errors of the local AWS that reach whoever starts it. They depend on nothing outside this package.

    LocalStackError     the stack could not start, or could not create what a template asks for     terminal

As in every error tree of this repository, the class carries a stable `code` and says whether the same call may succeed
later (`retryable`). A statement's failure in Athena (`aws.athena.errors`) never leaves the service's process: its
clients read it from the API.
"""

from typing import ClassVar


class LocalStackError(Exception):
    """The local stack could not start, could not create what the template asks for, or one of its processes ended."""

    code: ClassVar[str] = "local_stack"
    retryable: ClassVar[bool] = False
