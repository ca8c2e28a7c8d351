"""Whether a project would open: its grammar, the members of its documents, and that what it names exists.

Neither Power BI Desktop nor its libraries run here, and no well-kept package reads a whole project, so these checks are
written from what Microsoft publishes: each module names its source. They read files, and know nothing of what wrote
them.
"""

from txplatform.dashboards.powerbi.checks.violations import project_violations

__all__ = ["project_violations"]
