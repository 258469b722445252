#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are valid HDF5 but not runs: each is refused with one line, quickly, in little memory.

hostile_files.py STORE_TOOL
"""
import os
import resource
import subprocess
import sys
import tempfile

import h5py
import numpy as np

SECONDS_MAX = 3
RESIDENT_MAX_KB = 500 * 1024


def replace(f, name, data, **options):
    """Another dataset under an old name, with the old attributes."""
    attributes = dict(f[name].attrs)
    del f[name]
    dataset = f.create_dataset(name, data=data, **options)
    for key, value in attributes.items():
        dataset.attrs[key] = value
    return dataset


def empty(f, name, shape, dtype, **options):
    del f[name]
    f.create_dataset(name, shape=shape, dtype=dtype, **options)


def set_value(name, row, value):
    def change(f):
        data = f[name][:]
        data[row] = value
        replace(f, name, data, chunks=data.shape, fletcher32=True)
    return change


def newer(f):
    f.attrs.modify("schema_version", np.int32(2))


def schema_text(f):
    del f.attrs["schema_version"]
    f.attrs["schema_version"] = "1"


def no_content(f):
    del f.attrs["content"]


def variable_content(f):
    del f.attrs["content"]
    f.attrs["content"] = "titrate run"  # a variable-length text, which nothing protects


def no_column(f):
    del f["steps/reward"]


def no_steps(f):
    del f["steps"]


def no_manifest(f):
    del f["manifest"]


def other_manifest(f):
    f["manifest"][()] = b'{"experiment": "forged"}'


def manifest_numbers(f):
    del f["manifest"]
    f["manifest"] = np.arange(3)


def short_column(f):
    replace(f, "steps/reward", f["steps/reward"][:-1])


def double_column(f):
    replace(f, "steps/reward", f["steps/reward"][:].astype("<f8"))


def big_endian(f):
    replace(f, "steps/reward", f["steps/reward"][:].astype(">f4"))


def matrix_column(f):
    replace(f, "steps/reward", f["steps/reward"][:].reshape(1, -1))


def scalar_column(f):
    replace(f, "steps/reward", np.float32(1.0))


def integer_policy(f):
    replace(f, "episodes/policy", np.arange(len(f["episodes/policy"])))


def wide_policy(f):
    replace(f, "episodes/policy", np.full(len(f["episodes/policy"]), b"x" * 200))


def variable_policy(f):
    replace(f, "episodes/policy", ["x"] * len(f["episodes/policy"]), dtype=h5py.string_dtype())


def endless_policy(f):
    """64 bytes without the zero that their type promises."""
    n = len(f["episodes/policy"])
    kind = f["episodes/policy"].id.get_type()
    del f["episodes/policy"]
    space = h5py.h5s.create_simple((n,))
    dataset = h5py.h5d.create(f["episodes"].id, b"policy", kind, space)
    dataset.write(space, space, np.full(n, b"x" * 64), kind)


def huge_without_data(f):
    for name in f["steps"]:
        empty(f, "steps/" + name, (10**9,), f["steps/" + name].dtype, chunks=(65536,))
    set_value("episodes/n_steps", slice(None), 0)(f)
    set_value("episodes/n_steps", -1, 10**9)(f)
    set_value("episodes/first_step", slice(None), 0)(f)


def huge_contiguous(f):
    empty(f, "steps/reward", (10**12,), "<f4")


def huge_chunk(f):
    n = len(f["steps/reward"])
    del f["steps/reward"]
    dataset = f.create_dataset("steps/reward", shape=(n,), maxshape=(None,), dtype="<f4",
                               chunks=(2**24,), compression="gzip")
    dataset[:] = 1.0


def missing_chunk(f):
    n = len(f["steps/reward"])
    empty(f, "steps/reward", (n,), "<f4", chunks=(max(1, n // 2),))
    f["steps/reward"][:1] = 1.0


def soft_link(f):
    f.move("steps/reward", "elsewhere")
    f["steps/reward"] = h5py.SoftLink("/elsewhere")


def external_link(f):
    del f["steps/reward"]
    f["steps/reward"] = h5py.ExternalLink("elsewhere.h5", "/reward")


def external_storage(f):
    n = len(f["steps/reward"])
    empty(f, "steps/reward", (n,), "<f4", external=[("elsewhere.bin", 0, 4 * n)])


def virtual_dataset(f):
    n = len(f["steps/reward"])
    del f["steps/reward"]
    layout = h5py.VirtualLayout(shape=(n,), dtype="<f4")
    layout[:] = h5py.VirtualSource("none.h5", "x", shape=(n,))
    f.create_virtual_dataset("steps/reward", layout)


def group_for_column(f):
    del f["steps/reward"]
    f.create_group("steps/reward")


def dataset_for_group(f):
    del f["steps"]
    f["steps"] = np.arange(3.0)


def circle(f):
    f["training/again"] = f["/"]


def foreign_type(f):
    f["training/what"] = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])


def states_without_names(f):
    del f["states"].attrs["names"]


def states_with_other_names(f):
    f["states"].attrs["names"] = np.bytes_("a,b,c")


REFUSED = [
    newer, schema_text, no_content, variable_content, no_column, no_steps, no_manifest,
    other_manifest, manifest_numbers, short_column, double_column, big_endian, matrix_column,
    scalar_column, integer_policy, wide_policy, variable_policy, huge_without_data, huge_contiguous,
    huge_chunk, missing_chunk, soft_link, external_link, external_storage, virtual_dataset,
    group_for_column, dataset_for_group, foreign_type, states_without_names,
    states_with_other_names, endless_policy,
]
BAD_VALUES = [
    ("episodes/first_step", 1, 1e15), ("episodes/first_step", 1, -1.0),
    ("episodes/first_step", 1, np.nan), ("episodes/first_step", 0, np.inf),
    ("episodes/n_steps", 0, 2**31 - 1), ("episodes/n_steps", 0, -5), ("episodes/n_steps", 2, 1),
    ("episodes/n_minutes", 0, 10**6), ("episodes/first_minute", 1, 0.0), ("episodes/end", 0, 9),
    ("episodes/end", 0, -1), ("episodes/episode", 0, -1.0), ("episodes/episode", 0, np.nan),
    ("episodes/episode", 0, 1e300), ("episodes/seed", 0, b"12x"), ("episodes/seed", 0, b""),
    ("episodes/seed", 0, b"99999999999999999999"),
]


def check(tool, path):
    """Exit status and what was printed."""
    done = subprocess.run([tool, "check", path], capture_output=True, text=True,
                          timeout=SECONDS_MAX * 10, check=False)
    return done.returncode, done.stderr


def check_refused(tool, path, label):
    status, text = check(tool, path)
    assert status == 1, "%s: exit %d, %s" % (label, status, text)
    assert text.count("\n") == 1 and os.path.basename(path) in text, "%s: %s" % (label, text)
    print("%-32s %s" % (label, text.strip().replace(os.path.dirname(path) + "/", "")))


def main():
    tool = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.h5")
        changes = [(change.__name__, change) for change in REFUSED]
        changes += [("%s[%d] = %r" % bad, set_value(*bad)) for bad in BAD_VALUES]
        for label, change in changes:
            subprocess.run([tool, "write", path, "1", "4", "20", "10", "2", "gzip"], check=True)
            with h5py.File(path, "r+", libver="v110") as f:
                change(f)
            check_refused(tool, path, label)
        subprocess.run([tool, "write", path, "1", "4", "20", "10", "2", "gzip"], check=True)
        with h5py.File(path, "r+", libver="v110") as f:
            circle(f)
        assert check(tool, path)[0] == 0, "a circle of groups is read once"
    resident = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert resident < RESIDENT_MAX_KB, "%d KB were used" % resident
    print("%d files refused, at most %d MB resident" % (len(changes), resident // 1024))


if __name__ == "__main__":
    main()
