"""The filters of a mart's sheet: a list of values for each of its first dimensions that are texts."""

from typing import Any

from txplatform.warehouse.marts.model import Mart

_MOST = 4


def _filtered(mart: Mart) -> list[str]:
    texts = [column.name for column in mart.columns if column.trino_type == "varchar"]
    return [name for name in mart.dimensions if name in texts and name not in mart.masked][:_MOST]


def filter_groups(mart: Mart, sheet: str) -> list[dict[str, Any]]:
    """All values pass until a reader chooses some."""
    return [
        {
            "FilterGroupId": f"{mart.name}-{name}",
            "CrossDataset": "SINGLE_DATASET",
            "Status": "ENABLED",
            "ScopeConfiguration": {
                "SelectedSheets": {"SheetVisualScopingConfigurations": [{"SheetId": sheet, "Scope": "ALL_VISUALS"}]}
            },
            "Filters": [
                {
                    "CategoryFilter": {
                        "FilterId": f"{mart.name}-{name}-values",
                        "Column": {"DataSetIdentifier": mart.name, "ColumnName": name},
                        "Configuration": {
                            "FilterListConfiguration": {
                                "MatchOperator": "CONTAINS",
                                "SelectAllOptions": "FILTER_ALL_VALUES",
                                "NullOption": "ALL_VALUES",
                            }
                        },
                    }
                }
            ],
        }
        for name in _filtered(mart)
    ]


def filter_controls(mart: Mart) -> list[dict[str, Any]]:
    """A drop-down list for each."""
    return [
        {
            "Dropdown": {
                "FilterControlId": f"{mart.name}-{name}-control",
                "Title": name,
                "SourceFilterId": f"{mart.name}-{name}-values",
                "Type": "MULTI_SELECT",
            }
        }
        for name in _filtered(mart)
    ]
