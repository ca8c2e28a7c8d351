"""Nested values of a file or change record: from JSON text to exact typed values, or to reasons that name the place."""
