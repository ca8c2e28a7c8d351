"""How many entities and source systems one stack can hold."""

from collections.abc import Sequence

from txplatform.errors import ConfigurationError

# CloudFormation allows a stack 500 resources, Cognito a client 50 scopes, of which an entity has three; a test
# synthesises full stacks and counts.
RESOURCES_OF_ALL = 421  # what the stack's own resources leave
RESOURCES_OF_ENTITY = 22
RESOURCES_OF_SYSTEM = 11
MAX_ENTITIES = 16  # by scopes; by resources it would be a few more


def check_capacity(entities: Sequence[object], systems: Sequence[object]) -> None:
    """Raise ConfigurationError where there are more entities and source systems than a stack can hold."""
    resources = len(entities) * RESOURCES_OF_ENTITY + len(systems) * RESOURCES_OF_SYSTEM
    if len(entities) > MAX_ENTITIES or resources > RESOURCES_OF_ALL:
        raise ConfigurationError(
            f"there are {len(entities)} entities and {len(systems)} source systems, and a stack can hold "
            f"{MAX_ENTITIES} entities, and of source systems two in the place of each entity: CloudFormation allows "
            f"it 500 resources, Cognito its client 50 scopes. Remedy: split the contracts over two deployments, each "
            f"an installation of its own"
        )
