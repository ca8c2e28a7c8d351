"""DynamoDB streams to gzipped JSON lines in the lake's landing area."""
