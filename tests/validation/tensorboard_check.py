# SPDX-License-Identifier: GPL-3.0-or-later
# Event files as the tensorboard package reads them, against the learning curves of the run file as
# `titrate export` writes them. Arguments: the folder of events, the folder of the exported tables,
# 1 if the training was killed and gone on with.
import csv
import math
import os
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events, tables, killed = sys.argv[1], os.path.join(sys.argv[2], "training"), sys.argv[3] == "1"


def single(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def tag_of(column):
    if column.startswith("validation_"):
        return "validation/" + column[len("validation_"):]
    return "train/" + column


compared = ok = 0
worst = "none"
for policy in sorted(os.listdir(tables)):
    for table in sorted(os.listdir(os.path.join(tables, policy))):
        job = table[: -len(".csv")]
        with open(os.path.join(tables, policy, table), newline="") as file:
            rows = [row for row in csv.DictReader(line for line in file if not line.startswith("#"))]
        accumulator = EventAccumulator(os.path.join(events, policy, job), size_guidance={"scalars": 0})
        accumulator.Reload()
        tags = set(accumulator.Tags()["scalars"])
        for column in rows[0]:
            if column.startswith("decisions"):
                steps = [int(float(row[column])) for row in rows]
                continue
            values = [float(row[column] or "nan") for row in rows]
            want = [(s, single(v)) for s, v in zip(steps, values) if not math.isnan(v)]
            tag = tag_of(column) if tag_of(column) in tags else "agent/" + column
            got = [(e.step, e.value) for e in accumulator.Scalars(tag)] if tag in tags else []
            compared += 1
            if got == want:
                ok += 1
            else:
                worst = "%s/%s %s: %d events of %d" % (policy, job, tag, len(got), len(want))
                print("  DIFFERS ", worst)
print("%s: %d curves of %d ok, worst %s" % ("killed" if killed else "undisturbed", ok, compared, worst))
sys.exit(ok != compared or compared == 0)
