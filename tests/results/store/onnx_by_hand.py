# SPDX-License-Identifier: GPL-3.0-or-later
# onnx_by_hand.py ONNX_CASES: exported policies, parsed and evaluated by the few lines below, against
# titrate's own values. `./dev validate onnx` does it with onnx and onnxruntime.
import glob
import json
import os
import struct
import subprocess
import sys
import tempfile

import numpy as np

BOUND = 1e-5
FLOAT, INT64, BOOL = 1, 7, 9
TYPES = {FLOAT: "<f4", INT64: "<i8", BOOL: "?"}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value - (1 << 64) if value >> 63 else value, at


def fields(data):
    """Field number -> list of its values."""
    out, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            size = {1: 8, 5: 4}[key & 7]
            value, at = struct.unpack("<d" if size == 8 else "<f", data[at:at + size])[0], at + size
        out.setdefault(key >> 3, []).append(value)
    return out


def tensor(data):
    f = fields(data)
    return f[8][0].decode(), np.frombuffer(f[9][0], TYPES[f[2][0]]).reshape(f.get(1, []))


def attributes(node):
    out = {}
    for data in node.get(5, []):
        f = fields(data)
        out[f[1][0].decode()] = f[8] if f[20][0] == 7 else f.get(3, [0])[0]
    return out


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru(x, w, r, b, _, h, hidden_size, linear_before_reset):
    assert linear_before_reset == 1 and x.shape[0] == 1
    n = hidden_size
    a, c = x[0] @ w[0].T + b[0, :3 * n], h[0] @ r[0].T + b[0, 3 * n:]
    z, gate = sigmoid(a[:, :n] + c[:, :n]), sigmoid(a[:, n:2 * n] + c[:, n:2 * n])
    new = np.tanh(a[:, 2 * n:] + gate * c[:, 2 * n:])
    return None, ((1 - z) * new + z * h[0])[None]


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def smallest(x, k, axis, largest, sorted):
    assert axis == 2 and largest == 0 and sorted == 1 and k[0] == x.shape[2]
    return np.sort(x, axis), np.argsort(x, axis)


def before(x, axis, exclusive):
    assert exclusive == 1
    return np.cumsum(x, axis=int(axis)) - x


OPERATORS = {
    "Gather": lambda x, i, axis: np.take(x, i, axis),
    "Sub": lambda a, b: a - b,
    "Mul": lambda a, b: a * b,
    "Add": lambda a, b: a + b,
    "Min": np.minimum,
    "Clip": np.clip,
    "Equal": lambda a, b: a == b,
    "Cast": lambda x, to: x.astype(TYPES[to]),
    "Where": np.where,
    "Gemm": lambda x, w, b: x @ w + b,
    "MatMul": lambda a, b: a @ b,
    "Relu": lambda x: np.maximum(x, 0),
    "Identity": lambda x: x,
    "Reshape": lambda x, shape: x.reshape(shape),
    "Unsqueeze": lambda x, axes: np.expand_dims(x, tuple(axes)),
    "Squeeze": lambda x, axes: np.squeeze(x, tuple(axes)),
    "ReduceMean": lambda x, axes, keepdims: x.mean(tuple(axes), keepdims=bool(keepdims)),
    "Softmax": softmax,
    "CumSum": before,
    "TopK": smallest,
    "GRU": gru,
}


def evaluate(graph, values):
    values = dict(values)
    values.update(tensor(t) for t in graph[5])
    for data in graph[1]:
        node = fields(data)
        name = [i.decode() for i in node[1]]
        given = [values[i] if i else None for i in name]
        out = OPERATORS[node[4][0].decode()](*given, **attributes(node))
        for name, value in zip(node[2], out if isinstance(out, tuple) else (out,)):
            values[name.decode()] = value
    return values


def names(graph, field):
    return [fields(v)[1][0].decode() for v in graph[field]]


def check(path):
    with open(path, "rb") as file:
        model = fields(file.read())
    with open(path[:-5] + ".json", encoding="utf-8") as file:
        case = json.load(file)
    assert model[1] == [8] and fields(model[8][0])[2] == [13]
    about = {fields(e)[1][0].decode(): fields(e)[2][0].decode() for e in model[14]}
    assert about["notice"] == "SIMULATED - for research and education, not a medical device"
    assert about["level_1"] == "0.5 x basal" and about["observable_1_unit"] == "U"
    graph = fields(model[7][0])
    given = {name: np.array(case[name], dtype="<f4") for name in names(graph, 11)}
    got = evaluate(graph, given)
    worst = 0.0
    for name in (name for name in names(graph, 12) if name in case):
        want = np.array(case[name])
        assert got[name].shape == want.shape, (path, name, got[name].shape)
        worst = max(worst, np.max(np.abs(got[name] - want) / np.maximum(1, np.abs(want))))
    return worst


with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.argv[1], folder], check=True)
    files = sorted(glob.glob(os.path.join(folder, "*.onnx")))
    found = [check(path) for path in files]
    print(f"{len(files)} models, worst difference {max(found):.3g}, bound {BOUND:g}")
    sys.exit(0 if max(found) <= BOUND else 1)
