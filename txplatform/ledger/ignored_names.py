"""Which objects are no files by the convention of the tools that write them, so that nothing reads them.

Spark, Hadoop and Hive read no name that begins with `_` or `.`: markers (`_SUCCESS`), checksums (`.part-0.crc`), files
that are still being written (`_temporary/…`, `._COPYING_`), and what a desktop leaves behind (`.DS_Store`). A console
makes an empty object under the name of a folder. The function `landing` has the same rule and cannot import this
module; a test holds the two equal.
"""

import re

_IGNORED = re.compile(r"/[._]|(?:/|\.crc|_\$folder\$)$")


def is_ignored(object_key: str) -> bool:
    """Whether the object of this key, its lane's prefix included, is no file."""
    return _IGNORED.search(object_key) is not None
