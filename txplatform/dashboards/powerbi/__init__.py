"""Power BI as code: a project (PBIP) rendered from the marts and the dictionary of measures, and its refreshes."""
