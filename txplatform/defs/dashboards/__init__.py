"""What people look at: the published dashboard and the BI tools that read the views."""
