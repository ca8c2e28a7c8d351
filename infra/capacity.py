"""How many entities and source systems one stack can hold."""

from collections.abc import Sequence

from txplatform.errors import ConfigurationError

# CloudFormation allows a stack 500 resources, Cognito a client 50 scopes; a test synthesises full stacks and counts.
RESOURCES_OF_ALL = 424  # what the stack's own resources leave
RESOURCES_OF_ENTITY = 21
RESOURCES_OF_SYSTEM = 10
MAX_ENTITIES = RESOURCES_OF_ALL // RESOURCES_OF_ENTITY


def check_capacity(entities: Sequence[object], systems: Sequence[object]) -> None:
    """Raise ConfigurationError where there are more entities and source systems than a stack can hold."""
    if len(entities) * RESOURCES_OF_ENTITY + len(systems) * RESOURCES_OF_SYSTEM > RESOURCES_OF_ALL:
        raise ConfigurationError(
            f"there are {len(entities)} entities and {len(systems)} source systems, and a stack can hold "
            f"{MAX_ENTITIES} entities, or two source systems in the place of each: CloudFormation allows it 500 "
            f"resources, Cognito its client 50 scopes. Remedy: split the contracts over two deployments, each in an "
            f"account, or a region of an account, of its own"
        )
