#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run is readable with h5py alone, by what docs/file-format.md says.

read_with_h5py.py STORE_TOOL   writes made-up runs with the helper program and reads them
read_with_h5py.py FILE.h5      checks any run
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "../../../docs/file-format.md")
TYPES = {"float64": "<f8", "float32": "<f4", "int32": "<i4", "int16": "<i2", "int8": "|i1",
         "text": "S"}


def documented(table):
    """{column: (type, unit)} of the document's section "## /table"."""
    columns = {}
    inside = False
    with open(DOCUMENT, encoding="utf-8") as document:
        for line in document:
            if line.startswith("## "):
                inside = line.strip() == "## /" + table
            cells = [cell.strip() for cell in line.split("|")]
            if inside and len(cells) == 6 and cells[1].startswith("`"):
                columns[cells[1].strip("`")] = (TYPES[cells[2]], cells[3])
    assert columns, table
    return columns


def attribute(thing, name):
    value = thing.attrs[name]
    return value.decode("utf-8") if isinstance(value, bytes) else value


def check_table(group, columns):
    """Names, types, units, equal length. Returns the number of rows."""
    assert set(group) == set(columns), set(group) ^ set(columns)
    rows = {group[name].shape for name in columns}
    assert len(rows) == 1 and len(next(iter(rows))) == 1, rows
    for name, (dtype, unit) in columns.items():
        dataset = group[name]
        assert dataset.dtype.str == dtype or dataset.dtype.kind == dtype, (name, dataset.dtype)
        assert attribute(dataset, "unit") == unit, name
        assert attribute(dataset, "description") and attribute(dataset, "source"), name
        assert dataset.fletcher32 and dataset.chunks[0] <= 65536, name
    return next(iter(rows))[0]


def check_offsets(episodes, first, count, rows):
    first, count = episodes[first][:], episodes[count][:]
    assert np.array_equal(first, np.concatenate([[0], np.cumsum(count)[:-1]])[:len(first)])
    assert count.sum() == rows, (count.sum(), rows)


def check_panels(f, steps, episodes):
    """Rows of the wide tables; the order of their columns is an attribute."""
    for group, rows in (("states", steps), ("observations", steps), ("mask", steps),
                        ("final_observations", episodes), ("final_mask", episodes)):
        if group in f:
            names = attribute(f[group], "names").split(",")
            assert set(names) == set(f[group]), group
            assert all(f[group][name].shape == (rows,) for name in names), group
    assert ("observations" in f) == ("mask" in f) == ("final_observations" in f)
    seen = f["observations"] if "observations" in f else {}
    for name in ("time_min", "cgm_mg_dl", "iob_u", "carbs_announced_g"):
        if name in seen:
            assert np.array_equal(seen[name][:], f["steps"][name][:], equal_nan=True), name
    if "cgm_mg_dl" in seen:
        last = f["final_observations/cgm_mg_dl"][:]
        assert np.array_equal(last, f["episodes/final_cgm_mg_dl"][:], equal_nan=True)


def check_doses(f):
    """/doses says again, as events, what /steps says."""
    check_table(f["doses"], documented("doses"))
    steps, doses = f["steps"], f["doses"]
    owner = np.repeat(np.arange(len(f["episodes/n_steps"])), f["episodes/n_steps"][:])
    bolus, carbs = steps["dose_given_bolus_u"][:], steps["carbs_g"][:]
    basal = steps["programmed_basal_u_per_h"][:]
    event = (bolus > 0) | (carbs > 0)
    event[1:] |= (basal[1:] != basal[:-1]) | (owner[1:] != owner[:-1])
    event[:1] = True
    assert np.array_equal(doses["episode_row"][:], owner[event])
    assert np.array_equal(doses["time_min"][:], steps["time_min"][:][event])
    assert np.array_equal(doses["bolus_u"][:], bolus[event])
    assert np.array_equal(doses["carbs_g"][:], carbs[event])
    assert np.array_equal(doses["basal_u_per_h"][:], basal[event])


def check_run(f):
    assert attribute(f, "content") == "titrate run"
    assert attribute(f, "schema_version") == 1
    assert attribute(f, "titrate_version")
    assert attribute(f, "notice") == "SIMULATED - for research and education, not a medical device"
    assert isinstance(json.loads(f["manifest"][()]), dict)
    steps = check_table(f["steps"], documented("steps"))
    episodes = check_table(f["episodes"], documented("episodes"))
    minutes = check_table(f["minutes"], documented("minutes")) if "minutes" in f else 0
    check_offsets(f["episodes"], "first_step", "n_steps", steps)
    check_offsets(f["episodes"], "first_minute", "n_minutes", minutes)
    assert attribute(f["episodes/end"], "codes") == "0 none, 1 terminated, 2 truncated, 3 fault"
    assert all(int(seed) >= 0 for seed in f["episodes/seed"][:])
    if "patients" in f:
        ids = set(f["patients/id"][:])
        assert set(f["episodes/patient"][:]) <= ids
        for dataset in f["patients"].values():
            assert dataset.shape == (len(ids),) and "unit" in dataset.attrs, dataset.name
    check_panels(f, steps, episodes)
    check_doses(f)
    return episodes, steps, minutes


def check_values(f):
    """What sample.c wrote."""
    e = f["episodes"]
    assert list(e["policy"][:2]) == [b"policy_0", b"policy_1"]
    assert e["seed"][0] == b"18446744073709551516"  # 2^64 - 100: more than an int64 holds
    assert list(e["episode"][:3]) == [1001, 1002, 1003]
    assert list(e["end"][:3]) == [1, 2, 3] and e["n_steps"][2] == 0
    assert e["fault"][2] == b'cvode: "too much work", t = 0' and e["fault"][0] == b""
    assert np.isnan(e["final_cgm_mg_dl"][2])
    first, n = int(e["first_step"][1]), int(e["n_steps"][1])
    assert np.array_equal(f["steps/time_min"][first:first + n], 5.0 * np.arange(n))
    cgm = f["steps/cgm_mg_dl"][first:first + n]
    assert np.array_equal(np.isnan(cgm), np.arange(n) % 7 == 6)
    level = f["steps/action_level"][first:first + n]
    assert np.array_equal(level, np.arange(n) % 9 - 1)
    patients = f["patients"]
    assert attribute(patients, "note") == "made up"
    assert list(patients["id"][:]) == [b"child#001", b"child#002"]
    assert list(patients["sex"][:]) == [b"female", b"male"]
    assert patients["weight_kg"][0] == 34.5561 and attribute(patients["weight_kg"], "unit") == "kg"
    assert patients["vg_dl_per_kg"][1] == 1.0 / 3.0
    assert attribute(patients["kabs_per_min"], "unit") == "1/min"
    assert attribute(patients["kabs_per_min"], "source") == "assumed"
    hours = f["published_settings"]
    assert hours["hour"][25] == 1 and hours["patient"][25] == b"child#002"
    assert abs(hours["basal_u_per_h"][25] - 0.21) < 1e-15
    assert list(f["training/q/fold_1/return"][:]) == [-1.5, 2.25, 1.0 / 3.0]
    assert f["training/q/fold_1/note"][2].decode("utf-8") == 'café, "quoted"'
    manifest = json.loads(f["manifest"][()])
    assert manifest["experiment"] == "sample" and manifest["seed"] == "41"


def check_sums(tool, folder):
    """The manifest's SHA-256 against another implementation, at every length of its last block."""
    path = os.path.join(folder, "sums.h5")
    for seed in range(70):  # the manifest grows with the seed
        subprocess.run([tool, "write", path, str(seed), "0", "0", "0", "0", "none"], check=True)
        with h5py.File(path, "r") as f:
            expected = hashlib.sha256(f["manifest"][()]).hexdigest()
            assert attribute(f["manifest"], "sha256") == expected, seed
    print("70 sums: equal")


def check_made_up_runs(tool):
    with tempfile.TemporaryDirectory() as folder:
        check_sums(tool, folder)
        for compression in ("none", "gzip"):
            for episodes, steps, minutes, states in ((7, 40, 30, 3), (7, 40, 0, 0), (6, 30000, 0, 0)):
                path = os.path.join(folder, "run.h5")
                subprocess.run([tool, "write", path, "41", str(episodes), str(steps), str(minutes),
                                str(states), compression], check=True)
                with h5py.File(path, "r") as f:
                    assert check_run(f)[0] == episodes
                    assert (f["steps/reward"].compression == "gzip") == (compression == "gzip")
                    assert ("minutes" in f) == (minutes > 0) and ("states" in f) == (states > 0)
                    check_values(f)
                print("read %d episodes, %s: fine" % (episodes, compression))


def main():
    if sys.argv[1].endswith(".h5"):
        with h5py.File(sys.argv[1], "r") as f:
            print("%d episodes, %d steps, %d minutes: fine" % check_run(f))
    else:
        check_made_up_runs(sys.argv[1])


if __name__ == "__main__":
    main()
