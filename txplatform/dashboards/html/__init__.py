"""The local dashboard: one self-contained HTML page drawn from Athena views, and the API reference beside it."""

from txplatform.dashboards.html.publish import Published, publish

__all__ = ["Published", "publish"]
