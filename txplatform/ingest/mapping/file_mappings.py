"""The source systems whose files may be mapped, each for the entity that its files hold records of."""

from collections.abc import Iterable, Mapping

from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import Contract
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.mapping.file_mapping import FileMapping


class FileMappings:
    """The source systems whose files may be mapped, each compiled for an entity once it is needed."""

    def __init__(self, systems: Iterable[SourceSystem] = (), contracts: Mapping[str, Contract] | None = None) -> None:
        self._systems = {system.name: system for system in systems}
        self.contracts = contracts or {}
        self._made: dict[tuple[str, str], FileMapping] = {}

    def of(self, contract: Contract, system: str | None) -> FileMapping | FileRejected | None:
        """The mapping of a file in the folder of a system, or in none; None where it is the contract's own form."""
        name = system or contract.default_source
        if name is None:
            return None
        found = self._systems.get(name)
        if found is None:
            return FileRejected("file.unknown_source", f"there is no source system '{name}': {self._remedy(contract)}")
        if not _maps_to(found, contract):
            problem = f"the source system '{name}' maps nothing to {contract.name}"
            return FileRejected("file.unknown_source", f"{problem}: {self._remedy(contract)}")
        key = (name, contract.name)
        if key not in self._made:
            self._made[key] = FileMapping(found, contract, self.contracts)
        return self._made[key]

    def _remedy(self, contract: Contract) -> str:
        """What to do about a name that is not one of those whose files may hold records of an entity."""
        known = [name for name, system in self._systems.items() if _maps_to(system, contract)]
        if not known:
            return f"no source system maps to {contract.name}; add one to the folder 'sources' of the contracts"
        return f"name one that maps to {contract.name}, of {', '.join(known)}, or add it to the folder 'sources'"


def _maps_to(system: SourceSystem, contract: Contract) -> bool:
    return any(record.entity == contract.name for record in system.records)
