"""What moto works out anew for every request, some of it under a lock of all threads, though it never changes."""

from collections import deque
from functools import lru_cache

from moto.core import responses, utils
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.sqs import models as queues

_REMEMBERED = 1000  # hosts, classes, names and conditions each


def apply() -> None:
    """Remember a host's service, an operation's method, names in the other case, and how a condition reads."""
    found = DomainDispatcherApplication.get_backend_for_host
    DomainDispatcherApplication.get_backend_for_host = lru_cache(_REMEMBERED)(found)  # type: ignore[method-assign]
    responses.method_names_from_class = lru_cache(_REMEMBERED)(utils.method_names_from_class)  # type: ignore[assignment]
    underscored = lru_cache(_REMEMBERED)(utils.camelcase_to_underscores)
    responses.camelcase_to_underscores = queues.camelcase_to_underscores = underscored  # type: ignore[assignment]
    _remember_conditions()


def _remember_conditions() -> None:
    lex = ConditionExpressionParser._lex_condition_expression

    @lru_cache(_REMEMBERED)
    def lexed(expression: str) -> tuple[ConditionExpressionParser.Node, ...]:
        return tuple(lex(ConditionExpressionParser(expression, None, None)))

    def lex_condition_expression(parser: ConditionExpressionParser) -> deque[ConditionExpressionParser.Node]:
        return deque(lexed(parser.condition_expression or ""))

    ConditionExpressionParser._lex_condition_expression = lex_condition_expression  # type: ignore[method-assign]
