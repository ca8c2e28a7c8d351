"""The HTTP side of the local AWS: the deployed API behind its authorizer, the token endpoint and static files."""
