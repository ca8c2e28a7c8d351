"""What the commands on quarantined rows share: the tables, what matches, a redrive and what is to be said of it."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from txplatform.cli.entities import checked_entity
from txplatform.cli.progress import progress_bar
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.names import Lane
from txplatform.settings import Settings
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.lake.quarantine_filter import QuarantineFilter
    from txplatform.lake.quarantine_trial import Trial
    from txplatform.lake.quarantined_rows import QuarantinedRow

_TRIED_AT_ONCE = 5000


class Desk:
    """The quarantine of one entity of the platform that the settings name."""

    def __init__(self, entity: str) -> None:
        from txplatform.alerts import Alerts
        from txplatform.aws import AwsClients
        from txplatform.ingest.mapping.file_mappings import FileMappings
        from txplatform.lake.catalog import Lake
        from txplatform.ledger import Ledger

        settings = Settings.from_env()
        self.contract = checked_entity(settings, entity)
        clients = AwsClients(settings)
        self.lake = Lake(clients, settings.lake_bucket)
        self._ledger = Ledger(clients, settings.lake_bucket)
        self._alerts = Alerts(clients, settings.alerts_topic_arn)
        contracts = load_contracts(settings.contracts_dir)
        self._mappings = FileMappings(load_systems(contracts, settings.contracts_dir).values(), contracts)

    def rows(self, chosen: "QuarantineFilter", *, payloads: bool = False) -> Iterator[list["QuarantinedRow"]]:
        """The rows that are meant, in batches."""
        from txplatform.lake.quarantined_rows import quarantined

        return quarantined(self.contract, self.lake, chosen, payloads=payloads)

    def trials(self, chosen: "QuarantineFilter") -> dict[Lane, "Trial"]:
        """What today's contract makes of the rows that are meant, by lane."""
        from txplatform.lake.quarantine_trial import Trial, try_changes, try_files

        found: dict[Lane, Trial] = {lane: Trial() for lane in Lane}
        of_files: list[QuarantinedRow] = []
        with progress_bar(self.contract.name) as show:
            for batch in self.rows(chosen, payloads=True):
                of_files += [row for row in batch if row.lane is Lane.FILES]
                changes = [row for row in batch if row.lane is Lane.CHANGES]
                for start in range(0, len(changes), _TRIED_AT_ONCE):
                    found[Lane.CHANGES].add(try_changes(self.contract, changes[start : start + _TRIED_AT_ONCE]))
                show("rows read", sum(len(trial.passing) + trial.refused_rows for trial in found.values()), 0)
            if of_files:
                show("rows of files to validate", len(of_files), 0)
                found[Lane.FILES] = try_files(
                    self.contract, self.lake, self._ledger.landing_area, of_files, self._mappings
                )
        return found

    def redrive(self, trials: dict[Lane, "Trial"]) -> tuple[int, list[Any]]:
        """Bring in what passes; return how many rows left quarantine, and the days that were left alone."""
        from txplatform.lake.quarantine_filter import QuarantineFilter
        from txplatform.lake.quarantine_redrive import redrive_changes, redrive_files

        skipped: list[Any] = []
        changes, files = trials[Lane.CHANGES], trials[Lane.FILES]
        common = (self.contract, self.lake, self._ledger, self._alerts)
        with progress_bar(self.contract.name) as show:
            if changes.passing:
                redrive_changes(*common, changes.passing, show)
            if files.passing:
                skipped = redrive_files(*common, files, show, self._mappings)
        ids = [row.quarantine_id for trial in trials.values() for row in trial.passing]
        left = 0
        for start in range(0, len(ids), _TRIED_AT_ONCE):
            part = QuarantineFilter(ids=frozenset(ids[start : start + _TRIED_AT_ONCE]))
            left += sum(map(len, self.rows(part)))
        return len(ids) - left, skipped


def say_trials(trials: dict[Lane, "Trial"], entity: str, as_json: bool) -> dict[str, Any]:
    """Say what would pass and what would not; return it as JSON-able values."""
    passing = sum(len(trial.passing) for trial in trials.values())
    refused = sum(trial.refused_rows for trial in trials.values())
    gone = sum(len(trial.gone) for trial in trials.values())
    reasons: dict[str, int] = {}
    for trial in trials.values():
        for name, count in trial.refused.items():
            reasons[name] = reasons.get(name, 0) + count
    if not as_json:
        click.echo(
            f"{entity}: {counted(passing, 'row')} would pass, {refused} would be refused again, "
            f"{gone} of files that are gone or were delivered again"
        )
        for name, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
            field, _, rule = name.rpartition(":")
            click.echo(f"  {count:>7,}  {rule:<20}  {field or '-'}")
    return {"entity": entity, "passing": passing, "refused": refused, "gone": gone, "reasons": reasons}


def say_redriven(document: dict[str, Any], moved: int, skipped: list[Any], as_json: bool) -> None:
    """Say what came of a redrive; end with status 1 if rows that pass are still in quarantine."""
    if as_json:
        click.echo(json.dumps({**document, "redriven": moved, "skipped_days": [str(day) for day in skipped]}))
    else:
        click.echo(f"{document['entity']}: {counted(moved, 'row')} redriven")
    if moved < document["passing"]:
        days = ", ".join(str(day) for day in skipped[:5])
        why = f" Files of {days} are gone: deliver them again, or purge their rows." if skipped else ""
        left = counted(document["passing"] - moved, "row")
        raise click.ClickException(f"still in quarantine: {left} that would pass.{why}")
