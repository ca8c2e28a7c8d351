"""Dashboard-ready views."""
