"""RAW files, day by day, into the lake."""
