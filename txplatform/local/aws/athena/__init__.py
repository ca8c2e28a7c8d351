"""Athena for the local AWS: its API, its SQL dialect on DuckDB, Iceberg tables and views from Glue.

What would come out otherwise than on AWS without anybody noticing is refused instead: `vocabulary` lists the functions
and the syntax that are known to answer alike, `library` has what is called in the place of functions by the tables of
`library_functions`, `kinds` and `supertypes` the rules on types, `operands` how rewrites ask for types.
"""
