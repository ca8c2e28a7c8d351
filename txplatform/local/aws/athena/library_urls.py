"""Functions on URLs: https://trino.io/docs/current/functions/url.html."""

from txplatform.local.aws.athena import urls
from txplatform.local.aws.athena.signatures import TEXT, Function, function, on_page

FUNCTIONS: dict[str, Function] = on_page(
    "url",
    {
        name: function(f"athena_{name}", tuple(TEXT for _ in arguments), result=result)
        for name, (_, arguments, result) in urls.FUNCTIONS.items()
    },
)
