"""The same numbers by other people's programs: statistics of columns by numpy, scipy and pandas.

Reads a CSV file and prints a line of JSON for each system and workload.
"""

import json
import sys

import numpy
import pandas
import scipy.stats

rows = pandas.read_csv(sys.argv[1], float_precision="round_trip")
for (system, workload), group in rows.groupby(["system", "workload"]):
    values = group["latency_ms"].to_numpy()
    sizes = group["size"].to_numpy()
    line = scipy.stats.linregress(sizes, values)
    median = scipy.stats.bootstrap(
        (values,), numpy.median, n_resamples=20000, method="BCa", vectorized=True, axis=-1, random_state=7
    ).confidence_interval
    mean = scipy.stats.bootstrap(
        (values,), numpy.mean, n_resamples=20000, method="BCa", vectorized=True, axis=-1, random_state=7
    ).confidence_interval
    print(json.dumps({
        "name": f"{system}.{workload}",
        "count": len(values),
        "sum": values.sum(),
        "mean": values.mean(),
        "geomean": scipy.stats.gmean(values),
        "harmonic": scipy.stats.hmean(values),
        "median": numpy.median(values),
        "p99": numpy.quantile(values, 0.99),
        "quantile": numpy.quantile(values, 0.123),
        "min": values.min(),
        "max": values.max(),
        "stdev": values.std(ddof=1),
        "variance": values.var(ddof=1),
        "slope": line.slope,
        "intercept": line.intercept,
        "correlation": line.rvalue,
        "median_interval": [median.low, median.high],
        "mean_interval": [mean.low, mean.high],
        "values": sorted(values),
    }))
