"""What `authorizer` reads from its environment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Two JSON lists of issuers, as `lambdas.authorizer.issuer_settings` reads them.

    `issuers` are those that the template makes, `further_issuers` those that are named when it is deployed.
    """

    issuers: str
    further_issuers: str
    metric_namespace: str
