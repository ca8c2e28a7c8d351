"""Files that a source system writes in its own way, mapped to the rows of a contract.

The mapping is the one that the function `source` applies to messages. Here it runs over whole columns; what has no such
form, and every row that is refused, goes through the function's own code, so that both say the same of a record.
"""
