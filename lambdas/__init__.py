"""The Lambda functions of the real-time path, one folder each, and the layer they share. Nothing of txplatform here."""
