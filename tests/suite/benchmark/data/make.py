#!/usr/bin/env python3
"""Draws runs.csv and events.parquet with fixed seeds: an example of results, and no measurement of any system."""

import csv
import pathlib
import random

import pyarrow as pa
import pyarrow.parquet

FOLDER = pathlib.Path(__file__).parent
SYSTEMS = {"hashed": 1.0, "sorted": 1.6, "logged": 2.3}
WORKLOADS = {"read": 1.2, "update": 3.1, "scan": 22.0, "join": 64.0}

random.seed(20)
with open(FOLDER / "runs.csv", "w", newline="") as file:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["system", "workload", "run", "latency_ms", "energy_j"])
    for system, factor in SYSTEMS.items():
        for workload, base in WORKLOADS.items():
            # A scan walks in order, and order is what a sorted store has.
            sorts = 0.55 if (system, workload) == ("sorted", "scan") else 1.0
            for run in range(1, 31):
                latency = base * factor * sorts * random.lognormvariate(0.0, 0.18)
                rows.writerow([system, workload, run, f"{latency:.3f}", f"{latency * random.gauss(0.021, 0.002):.4f}"])

random.seed(21)
count = 1_000_000
events = pa.table({
    "system": pa.array([list(SYSTEMS)[event % 3] for event in range(count)]).dictionary_encode(),
    "second": pa.array([event // 5000 for event in range(count)], pa.int16()),
    # In tenths of a millisecond, as the clock of the example counts.
    "latency_ms": pa.array(
        [round(1.2 * list(SYSTEMS.values())[event % 3] * random.lognormvariate(0.0, 0.35), 1) for event in range(count)],
        pa.float32(),
    ),
})
pa.parquet.write_table(events, FOLDER / "events.parquet", compression="zstd", compression_level=19)
