"""The published dashboard, and the BI tools that read the views."""
