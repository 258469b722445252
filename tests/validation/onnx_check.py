# SPDX-License-Identifier: GPL-3.0-or-later
# onnx_check.py FOLDER: every case of onnx_cases through onnx's checker, its reference evaluator and, where
# there is one, onnxruntime; the worst difference from titrate's values, bound 1e-5 (relative above 1).
import glob
import json
import os
import sys

import numpy
import onnx
from onnx.reference import ReferenceEvaluator

try:
    import onnxruntime
except ImportError:
    onnxruntime = None

BOUND = 1e-5


def runs(path, model):
    yield "reference", lambda feed: ReferenceEvaluator(model).run(None, feed)
    if onnxruntime is not None:
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        yield "onnxruntime", lambda feed: session.run(None, feed)


def difference(got, want):
    want = numpy.asarray(want)
    if got.shape != want.shape:
        return float("inf")
    return float(numpy.max(numpy.abs(got - want) / numpy.maximum(1.0, numpy.abs(want))))


def check(path):
    with open(path[:-5] + ".json", encoding="utf-8") as file:
        case = json.load(file)
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    about = {entry.key: entry.value for entry in model.metadata_props}
    assert about["notice"].startswith("SIMULATED") and about["observable_0"] == "cgm_mg_dl", about
    feed = {i.name: numpy.asarray(case[i.name], dtype=numpy.float32) for i in model.graph.input}
    worst = 0.0
    for _, run in runs(path, model):
        for output, got in zip(model.graph.output, run(feed)):
            if output.name in case:
                worst = max(worst, difference(got, case[output.name]))
    return worst


def main():
    files = sorted(glob.glob(os.path.join(sys.argv[1], "case_*.onnx")))
    ok, worst, where = 0, -1.0, "none"
    for path in files:
        try:
            found = check(path)
        except Exception as error:  # whatever a checker or an evaluator objects to
            print(f"{os.path.basename(path)}: {error}")
            found = float("inf")
        ok += found <= BOUND
        if found > worst:
            worst, where = found, os.path.basename(path)
    by = "onnx " + onnx.__version__
    by += " and onnxruntime " + onnxruntime.__version__ if onnxruntime else " without onnxruntime"
    print(f"by {by}; bound {BOUND:g}")
    print(f"onnx: compared {len(files)} of {len(files)}, ok {ok}, worst {worst:.3g} ({where}), "
          "skipped 0: none")
    return 0 if files and ok == len(files) else 1


sys.exit(main())
