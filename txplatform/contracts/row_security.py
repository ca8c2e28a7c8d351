"""Reads by which field readers of dashboards are restricted to their own rows."""

from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.section import Section

_KEY = "rowSecurity"


def read_row_security(custom: Section, fields: tuple[Field, ...]) -> str:
    """Read the custom property `rowSecurity`, empty where there is none; raise ContractError.

    QuickSight restricts rows by texts alone:
    https://docs.aws.amazon.com/quicksight/latest/user/restrict-access-to-a-data-set-using-row-level-security.html
    """
    name = custom.optional_text(_KEY)
    if name is None:
        return ""
    named = next((field for field in fields if field.name == name), None)
    if named is None or named.type is not FieldType.STRING or named.personal:
        problem = f"'{custom.name_of(_KEY)}' is '{name}', which is no text of the entity that all may read"
        raise custom.error(problem, "name a text that is not personal, such as an identifier of whom rows belong to")
    return name
