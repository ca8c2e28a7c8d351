"""Lists the custom properties by which a field is read in what former versions of its contract have left."""

from txplatform.contracts.keys import Key, Kind

EVOLUTION = (
    Key(name="formerNames", kind=Kind.TEXTS, on="weight",
        meaning="Names that the field had in former versions of the contract. The value is found under them in "
        "messages, files and stored records, and columns of the lake are renamed. Not for fields of the key, the "
        "partition field, the version field, tie-breakers and indexes. See [evolve a "
        "contract](../guides/evolve-a-contract.md).",
        example="[parcel_weight]", wrong="[parcel-weight]"),
    Key(name="backfill", kind=Kind.SCALAR, on="weight",
        meaning="The value of records that lack the field, in canonical form: of those stored before the field was, of "
        "files of older versions, and of whatever else leaves it out. With it, a new field may be required. Not for "
        "objects and arrays, personal fields, nor for fields of the key, the partition field, the version field, "
        "tie-breakers and indexes. Once published it stays as it is.",
        example="'0.5'", wrong="0"),
    Key(name="deprecated", kind=Kind.TEXT, on="reference",
        meaning="Why the field should not be sent any more, and what is sent instead. It is accepted as before, marked "
        "in the API's documents, and counted when it comes. Only optional fields.",
        example="Use order_id.", wrong="true"),
)  # fmt: skip
