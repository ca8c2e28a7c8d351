"""Files that are not contracts, and values that YAML could be abused with, are short errors."""

import shutil
from pathlib import Path

import pytest

from txplatform.contracts.keys.example import EXAMPLE, SHOP
from txplatform.contracts.loader import ENTITIES, load_contract, load_contracts
from txplatform.contracts.mapping.loader import FOLDER, load_systems
from txplatform.errors import ContractError


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not hold a mapping"),
        (b"- a\n- b\n", "not hold a mapping"),
        (b"name: [orders\n", "not valid YAML"),
        (b"name: orders\nname: customers\n", "'name' appears twice"),
        (b"name: \xff\n", "not UTF-8"),
        (b"? [a, b]\n: c\n", "not valid YAML"),
        (b"when: !!python/name:os.system\n", "not valid YAML"),
        pytest.param(b"name: " + b"[" * 200_000, "nested deeper than 100 levels", id="deep-list"),
        pytest.param(b"- " * 200_000 + b"x\n", "nested deeper than 100 levels", id="deep-block"),
        pytest.param(b"&a [*a]\n", "not hold a mapping", id="holds-itself"),
    ],
)
def test_a_file_that_is_not_a_contract_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "orders.yaml"
    path.write_bytes(content)

    with pytest.raises(ContractError, match=problem):
        load_contract(path)


def test_where_a_file_is_not_valid_yaml_is_said_by_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "orders.yaml"
    path.write_text("name: orders\nname: customers\n")
    with pytest.raises(ContractError, match=r"\(key 'name' appears twice at line 2, column 1\)"):
        load_contract(path)


def test_no_file_is_passed_over_for_its_ending_or_its_folder(tmp_path: Path) -> None:
    """Each of these would look as if what it says held."""
    (tmp_path / FOLDER).mkdir()
    shutil.copy(EXAMPLE, tmp_path)
    orders = load_contracts(tmp_path)
    for folder, load in ((tmp_path, load_contracts), (tmp_path / FOLDER, lambda at: load_systems(orders, at))):
        other = SHOP if folder == tmp_path else EXAMPLE
        wrong = folder / "other.yml"
        shutil.copy(other, wrong)
        with pytest.raises(ContractError, match=r"other\.yml: does not end in \.yaml.* Remedy: name it other\.yaml\."):
            load(tmp_path)
        misplaced = wrong.rename(folder / "other.yaml")
        with pytest.raises(ContractError, match=r"'kind' is '.*', which is not read in this folder\. Remedy: move"):
            load(tmp_path)
        misplaced.unlink()


BOMB = "tags:\n  - &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"  - &a{level + 1} [{', '.join([f'*a{level}'] * 9)}]\n" for level in range(30)
)


@pytest.mark.parametrize(
    ("shipped", "hostile"),
    [
        ("maxLength: 64", "maxLength: !!int abc"),
        ("maxLength: 64", "maxLength: 0100"),
        ("maxLength: 64", "maxLength: 1:30"),
        ("maxLength: 64", "maxLength: 0x40"),
        ("maxLength: 64", "maxLength: 6_4"),
        pytest.param("maxLength: 64", "maxLength: " + "9" * 5000, id="5000-digits"),
        pytest.param("version: 1.4.0", "version: " + "9" * 5000 + ".0.0", id="version-of-5000-digits"),
        ("required: true", "required: !!bool maybe"),
        ("required: true", "required: !!map [[a, b]]"),
        ("minimum: 0\n", 'minimum: "+-5"\n'),
        ("minimum: 0\n", "minimum: --5\n"),
        ("minimum: 0\n", "minimum: !!float --5\n"),
        ("minimum: 0\n", "minimum: ١\n"),
        pytest.param("version: 1.4.0", "version: *a30\n" + BOMB.replace("tags", "team"), id="alias-bomb"),
        pytest.param("version: 1.4.0", "version: " + "[" * 5000 + "]" * 5000, id="deep"),
        pytest.param("name: payments", "name: " + "x" * 100_000, id="long-name"),
        pytest.param("- name: fee", "- name: " + "x" * 100_000, id="long-field"),
        pytest.param("property: versionField", "property: " + "x" * 100_000, id="long-property"),
        pytest.param("validValues: [web", "validValues: [" + "1" * 100, id="long-number"),
    ],
)
def test_a_hostile_value_is_a_short_contract_error(tmp_path: Path, shipped: str, hostile: str) -> None:
    text = (ENTITIES / "payments.yaml").read_text(encoding="utf-8")
    assert shipped in text
    path = tmp_path / "payments.yaml"
    content = text.replace(shipped, hostile.partition("\n")[0] + "\n" * shipped.endswith("\n"), 1)
    path.write_text(hostile.partition("\n")[2] + content, encoding="utf-8")

    with pytest.raises(ContractError) as caught:
        load_contract(path)
    assert caught.value.path == path
    assert caught.value.remedy
    assert len(str(caught.value)) < 1500
