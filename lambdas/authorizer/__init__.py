"""Verifies bearer tokens and scopes in front of the data API."""
