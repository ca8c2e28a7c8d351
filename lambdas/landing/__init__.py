"""S3 notifications to rows of the ledger of landed objects."""
