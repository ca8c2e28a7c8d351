"""Names the example source system of the reference; its records are those of the example contract."""

from pathlib import Path

SHOP = Path(__file__).parent / "shop.yaml"
