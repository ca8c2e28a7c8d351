"""Files whose names are odd, or say that they are no data."""

from txplatform_tests.ingest.odd_files.case import Odd, line, table

_GOOD = table(line("k1"))
_IGNORED = ("_SUCCESS", ".a.csv.crc", ".DS_Store", "_committed_123", ".part-0.csv", "_temporary/a.csv", "folder/")
_READ = ("a#b?c.csv", "A.CSV", "a b.csv", "a%20b.csv", "naïve.csv", "a.csv.csv", "🦀.csv")

CASES = (
    *(Odd(f"name {name}", name, _GOOD if name[-1] != "/" else "", ignored=True) for name in _IGNORED),
    *(Odd(f"name {name}", name, _GOOD, ("k1",)) for name in _READ),
)
