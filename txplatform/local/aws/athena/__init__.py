"""Athena for the local AWS: its API, its SQL dialect on DuckDB, Iceberg tables and views from Glue.

What would come out otherwise than on AWS without anybody noticing is refused instead: `vocabulary` lists the functions
and the syntax that are known to answer alike, `library` has what is called in the place of functions, `kinds` the rules
on types. Some mistakes of type are not seen, and pass here although Athena refuses them: a CASE whose branches, or a
UNION whose columns, differ in type, a comparison with a subquery or one as an argument, date_add of hours to a date.
Moments are written with six decimals, whatever their precision.
"""
