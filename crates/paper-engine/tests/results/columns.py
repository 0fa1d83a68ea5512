#!/usr/bin/env python3
"""Writes kinds.parquet, kinds.feather and kinds.arrows beside it: a column of each kind, by pyarrow."""

import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

table = pa.table({
    "small": pa.array([1, 2, None], pa.int8()),
    "id": pa.array([9007199254740992, 9007199254740993, 9007199254740994], pa.int64()),
    "value": pa.array([0.5, 1.5, float("nan")], pa.float64()),
    "half": pa.array([0.5, -2.0, 1.0], pa.float32()),
    "price": pa.array([decimal.Decimal("1.25"), None, decimal.Decimal("3.00")], pa.decimal128(9, 2)),
    "name": pa.array(["ours", "", "base"]),
    "kind": pa.array(["a", "b", "a"]).dictionary_encode(),
    "ok": pa.array([True, False, None]),
    "day": pa.array([datetime.date(2024, 2, 29), None, datetime.date(2025, 1, 1)]),
    "at": pa.array([datetime.datetime(2024, 2, 29, 12, 30), None, None], pa.timestamp("ms")),
    "gain": pa.array([{"mean": 1.0, "of": "x"}, {"mean": 2.0, "of": "y"}, {"mean": 3.0, "of": "z"}]),
    "nothing": pa.nulls(3),
})
folder = pathlib.Path(__file__).parent
pa.parquet.write_table(table, folder / "kinds.parquet", compression="zstd")
pa.feather.write_feather(table, folder / "kinds.feather", compression="lz4")
with pa.ipc.new_stream(folder / "kinds.arrows", table.schema) as stream:
    stream.write_table(table)
lists = pa.table({"a": pa.array([[1, 2], [3]])})
pa.parquet.write_table(lists, folder / "lists.parquet", compression="none")
