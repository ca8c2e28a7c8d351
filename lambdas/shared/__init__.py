"""What all functions share: settings, errors, the registry of schemas, and the canonical form of a record."""
