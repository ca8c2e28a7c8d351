"""How many entities one stack can hold."""

from collections.abc import Sequence

from txplatform.errors import ConfigurationError

# CloudFormation allows a stack 500 resources, Cognito a client 50 scopes; a test synthesises that many and counts.
MAX_ENTITIES = 19


def check_capacity(entities: Sequence[str]) -> None:
    """Raise ConfigurationError where there are more entities than a stack can hold."""
    if len(entities) > MAX_ENTITIES:
        raise ConfigurationError(
            f"there are {len(entities)} entities, and a stack can hold {MAX_ENTITIES}: CloudFormation allows it 500 "
            f"resources, Cognito its client 50 scopes. Remedy: split the contracts over two deployments, each in an "
            f"account, or a region of an account, of its own"
        )
