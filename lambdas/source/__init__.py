"""Inbound queue to data API: standardises, validates, refuses with reasons, posts the rest."""
