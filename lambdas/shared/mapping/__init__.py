"""Maps payloads of source systems to records, by the mapping documents that the contracts publish. It knows no AWS."""
