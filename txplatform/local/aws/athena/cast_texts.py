"""The texts that Trino takes in a cast from varchar, by the type, as patterns.

https://github.com/trinodb/trino/blob/master/core/trino-main/src/main/java/io/trino/type/DateTimes.java
"""

_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_DATE = r"\d{4}-\d{1,2}-\d{1,2}"
_TIME = r"([01]?\d|2[0-3]):[0-5]?\d(:[0-5]?\d(\.\d{1,6})?)?"
_MOMENT = rf"{_DATE}( (([01]?\d|2[0-3]):[0-5]?\d(:[0-5]?\d(\.\d{{1,12}})?)?)?)?"
MOMENT_OF_DAY = rf"{_DATE} [\d:.]*"
TEXTS = {
    "integer": r"[+-]?\d+",
    "decimal": _NUMBER,
    "double": rf"{_NUMBER}|NaN|[+-]?Infinity",
    "float": rf"{_NUMBER}|NaN|[+-]?Infinity",
    "boolean": "(?i)t|true|f|false|1|0",
    "date": _DATE,
    "time": _TIME,
    "timestamp": _MOMENT,
    "timestamptz": rf"{_MOMENT}(\s*(UTC|Z|Etc/UTC|\+00:00))?",
}
