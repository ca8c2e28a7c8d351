"""CSV files whose lines, quotes, separators or ends are odd."""

import gzip

from txplatform_tests.ingest.odd_files.case import HEADER, Odd, line, table

TEXT = f"{HEADER},description"
_SEMICOLONS = table(line("k1")).replace(",", ";")
_TABS = table(line("k1")).replace(",", "\t")


def described(*lines: str) -> str:
    return table(*lines, header=TEXT)


CASES = (
    Odd("plain", "a.csv", table(line("k1"), line("k2")), ("k1", "k2")),
    Odd("no-final-line-feed", "a.csv", table(line("k1")).rstrip("\n"), ("k1",)),
    Odd("crlf", "a.csv", table(line("k1"), line("k2"), end="\r\n"), ("k1", "k2")),
    Odd("mixed-ends", "a.csv", f"{HEADER}\r\n{line('k1')}\n{line('k2')}\r\n", ("k1", "k2")),
    Odd("byte-order-mark", "a.csv", "\ufeff" + table(line("k1")), ("k1",)),
    Odd("blank-lines", "a.csv", f"\n\n{HEADER}\n\n{line('k1')}\n  \n{line('k2')}\n\n\n", ("k1", "k2")),
    Odd("semicolons", "a.csv", _SEMICOLONS, ("k1",)),
    Odd("pipes", "a.txt", table(line("k1")).replace(",", "|"), ("k1",)),
    Odd("tabs", "a.tsv", _TABS, ("k1",)),
    Odd("tabs-in-csv", "a.csv", _TABS, ("k1",)),
    Odd("colons", "a.csv", table(line("k1")).replace(",", ":"), whole="file.header"),
    Odd("header-only", "a.csv", table()),
    Odd("header-without-line-feed", "a.csv", HEADER),
    Odd("header-cut", "a.csv", "payment_id,customer_id,curr", whole="file.header"),
    Odd("header-repeats-a-name", "a.csv", table(line("k1", "x"), header=f"{HEADER},method"), whole="file.header"),
    Odd("header-with-an-empty-name", "a.csv", table(line("k1", "x"), header=f"{HEADER},"), whole="file.header"),
    Odd("header-open-quote", "a.csv", f'"{HEADER}\n{line("k1")}\n', whole="file.header"),
    Odd("header-spaced", "a.csv", table(line("k1"), header=HEADER.replace(",", " , ")), ("k1",)),
    Odd("header-quoted", "a.csv", table(line("k1"), header='"' + HEADER.replace(",", '","') + '"'), ("k1",)),
    Odd("header-twice", "a.csv", table(HEADER, line("k1")), ("k1",), {2: "enum type"}),
    Odd("no-header", "a.csv", f"{line('k1')}\n{line('k2')}\n", whole="file.header"),
    Odd("error-page", "a.csv", "<html><body>503 Slow Down</body></html>\n", whole="file.header"),
    Odd("empty", "a.csv", "", whole="file.empty"),
    Odd("white-space", "a.csv", " \n\t\n", whole="file.empty"),
    Odd("byte-order-mark-alone", "a.csv", "\ufeff", whole="file.empty"),
    Odd("too-few-fields", "a.csv", table(line("k1"), "k2,c1", line("k3")), ("k1", "k3"), {3: "row.fields"}),
    Odd("too-many-fields", "a.csv", table(line("k1", "x"), line("k2")), ("k2",), {2: "row.fields"}),
    Odd("cut-in-the-last-line", "a.csv", table(line("k1")) + "k2,c1,m1,1", ("k1",), {3: "row.fields"}),
    Odd("trailing-separator", "a.csv", table(line("k1") + ","), (), {2: "row.fields"}),
    Odd("quoted-separator", "a.csv", described(line("k1", '"a, b"')), ("k1",)),
    Odd("doubled-quote", "a.csv", described(line("k1", '"5"" pipe"')), ("k1",)),
    Odd("two-line-text", "a.csv", described(line("k1", '"two\nlines"'), line("k2", "x")), ("k1", "k2")),
    Odd("two-line-text-crlf", "a.csv", described(line("k1", '"two\r\nlines"')), ("k1",)),
    Odd("inch-mark", "a.csv", described(line("k1", '5" pipe'), line("k2", "x")), ("k1", "k2")),
    Odd("text-after-a-quoted-one", "a.csv", described(line("k1", '"a"b'), line("k2", "x")), ("k2",), {2: "row.fields"}),
    Odd(
        "backslash-escape", "a.csv", described(line("k1", '"a \\"b\\" c"'), line("k2", "x")), ("k2",), {2: "row.fields"}
    ),
    Odd("space-before-a-quote", "a.csv", described(line("k1", ' "a, b"'), line("k2", "x")), ("k2",), {2: "row.fields"}),
    Odd("quote-open-to-the-end", "a.csv", described(line("k1", "x"), line("k2", '"open')), ("k1",), {3: "row.fields"}),
    Odd(
        "surplus-field-with-a-row-inside",
        "a.csv",
        described(line("k1", f'"text\n{line("evil", "pasted")}\nend"', "EXTRA"), line("k2", "ok")),
        ("k2",),
        {2: "row.fields"},
    ),
    Odd(
        "missing-field-with-a-row-inside",
        "a.csv",
        described(f'k1,"text\n{line("evil", "pasted")}\nend"', line("k2", "ok")),
        ("k2",),
        {2: "row.fields"},
    ),
    Odd("not-utf-8", "a.csv", described(line("k1", "caf\xe9")).encode("latin-1"), (), {2: "row.encoding"}),
    Odd("zero-bytes", "a.csv", described(line("k1", "a\0b")), ("k1",)),
    Odd("line-of-separators", "a.csv", table("," * 8, line("k1")), ("k1",), {2: "required"}),
    Odd("gzip", "a.csv.gz", gzip.compress(table(line("k1")).encode()), ("k1",)),
    Odd("gzip-in-csv", "a.csv", gzip.compress(table(line("k1")).encode()), ("k1",)),
    Odd("plain-in-gz", "a.csv.gz", table(line("k1")), ("k1",)),
    Odd(
        "two-gzip-members",
        "a.csv.gz",
        gzip.compress(table(line("k1")).encode()) + gzip.compress(f"{line('k2')}\n".encode()),
        ("k1", "k2"),
    ),
    Odd("gzip-cut", "a.csv.gz", gzip.compress(table(line("k1")).encode())[:-9], whole="file.truncated_gzip"),
    Odd(
        "gzip-damaged",
        "a.csv.gz",
        gzip.compress(table(line("k1")).encode())[:-8] + b"\0" * 8,
        whole="file.damaged_gzip",
    ),
    Odd("gzip-of-nothing", "a.csv.gz", gzip.compress(b""), whole="file.empty"),
)
