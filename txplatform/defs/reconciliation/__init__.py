"""Finding what landed without a notification."""
