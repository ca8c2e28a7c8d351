"""The definitions as a whole: what the lineage view shows, and what loading them may cost."""

import itertools
import subprocess
import sys

from txplatform.definitions import defs
from txplatform_tests.defs.graph import GOLDEN, describe, reviewed

_HEAVY = ["pandas", "polars", "pyarrow", "pandera", "pyiceberg", "boto3", "botocore", "duckdb", "dagster_aws"]


def test_the_graph_is_as_reviewed() -> None:
    hint = "if the change is meant: python -m txplatform_tests.defs.graph"
    assert describe(reviewed()) == GOLDEN.read_text(encoding="utf-8"), hint


def test_a_record_has_one_path_from_its_source_to_the_dashboard() -> None:
    graph = defs.get_repository_def().asset_graph
    path = ["source", "api", "table", "landing", "changes", "snapshot"]
    keys = [*(f"payments_{name}" for name in path), "payments", "payments_daily", "dashboard"]
    parents = {
        key.to_user_string(): {p.to_user_string() for p in graph.get(key).parent_keys}
        for key in graph.get_all_asset_keys()
    }
    assert all(before in parents[after] for before, after in itertools.pairwise(keys))
    assert "payments_raw" in parents["payments_files"]
    assert {"source_stripe", "payments_source"} <= parents["payments_api"]
    assert {"source_salesforce", "source_stripe"} <= parents["customers_api"]
    assert "source_stripe" not in parents["trades_api"]
    assert {"payments_files", "payments_changes"} <= parents["payments_quarantine"]


def test_every_asset_says_what_it_means_and_who_owns_it() -> None:
    graph = defs.get_repository_def().asset_graph
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert len(node.description or "") > 40, key
        assert node.owners, key


def test_loading_needs_no_setting_no_aws_and_no_data_library() -> None:
    code = f"import sys, txplatform.definitions; print([name for name in {_HEAVY} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], env={"PATH": ""}, capture_output=True, text=True, check=True)
    assert (answer.stdout.strip(), answer.stderr) == ("[]", "")
