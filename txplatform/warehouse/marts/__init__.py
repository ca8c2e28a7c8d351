"""Marts, the views ready for dashboards: their files and headers, and the dictionary of what they measure."""
