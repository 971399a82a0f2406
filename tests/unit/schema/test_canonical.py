"""Equal schemas have equal hashes, wherever they come from."""

from __future__ import annotations

import msgspec
import pytest

from shared.schema.canonical import canonical_json, schema_hash
from shared.schema.model import KINDS, SchemaObject
from shared.schema.schema import Schema

_NEEDED = {"str": "x", "bool": True, "int": 3}


def plainest(model):
    """An object with nothing but what its kind insists on."""
    needed = {
        field.name: _NEEDED.get(getattr(field.type, "__name__", ""), msgspec.UNSET)
        for field in msgspec.structs.fields(model)
        if field.required
    }
    if msgspec.UNSET in needed.values():
        needed = {
            name: {"namespace": "n", "name": "m"} if value is msgspec.UNSET else value for name, value in needed.items()
        }
    return msgspec.convert({"kind": str(model.__struct_config__.tag), **needed}, SchemaObject)


@pytest.mark.parametrize("model", KINDS.values(), ids=KINDS)
def test_a_default_that_is_written_out_is_the_same_as_one_that_is_not(model):
    plain = plainest(model)
    everything = {name: getattr(plain, name) for name in plain.__struct_fields__}
    told = msgspec.json.encode({"kind": plain.kind, **everything})
    spelt_out = msgspec.json.decode(told, type=SchemaObject)
    assert spelt_out == plain
    assert canonical_json(spelt_out) == canonical_json(plain)
    assert schema_hash(Schema.of([spelt_out])) == schema_hash(Schema.of([plain]))


@pytest.mark.parametrize("model", KINDS.values(), ids=KINDS)
def test_a_schema_survives_being_written_and_read(model):
    schema = Schema.of([plainest(model)])
    assert msgspec.json.decode(canonical_json(schema), type=Schema) == schema
