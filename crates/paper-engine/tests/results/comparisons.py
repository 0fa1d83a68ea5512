"""How two groups differ, by scipy and numpy: reads a CSV file and prints a line of JSON for each workload."""

import json
import sys

import numpy
import pandas
import scipy.stats

rows = pandas.read_csv(sys.argv[1], float_precision="round_trip")
for workload, group in rows.groupby("workload"):
    def values(system, runs):
        return group[(group["system"] == system) & (group["run"] < runs)]
    ours, base = (values(system, 30)["latency_ms"].to_numpy() for system in ["ours", "base"])
    sizes = [values(system, 30)["size"].to_numpy() for system in ["ours", "base"]]
    few = [values(system, 6)["latency_ms"].to_numpy() for system in ["ours", "base"]]
    pooled = numpy.sqrt((ours.var(ddof=1) + base.var(ddof=1)) / 2)
    print(json.dumps({
        "workload": workload,
        "welch": scipy.stats.ttest_ind(ours, base, equal_var=False).pvalue,
        "rank": scipy.stats.mannwhitneyu(ours, base).pvalue,
        "tied": scipy.stats.mannwhitneyu(*sizes).pvalue,
        "few": scipy.stats.mannwhitneyu(*few).pvalue,
        "cohen": (ours.mean() - base.mean()) / pooled,
        "cliff": numpy.sign(ours[:, None] - base[None, :]).mean(),
    }))
