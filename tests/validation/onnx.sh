# SPDX-License-Identifier: GPL-3.0-or-later
# Exported policies through onnx's checker and reference evaluator, and onnxruntime where it can be
# had, against titrate's own values. The Python packages go to build/onnx-venv.
set -euo pipefail
source tools/common.sh
need run test
need_sundials
venv=build/onnx-venv
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

packages() {
    [ -x $venv/bin/python ] || python3 -m venv $venv || return 1
    $venv/bin/python -c 'import onnx, onnx.reference' 2>/dev/null ||
        $venv/bin/pip install -q onnx || return 1
    $venv/bin/python -c 'import onnxruntime' 2>/dev/null || $venv/bin/pip install -q onnxruntime ||
        note "no onnxruntime here: onnx's reference evaluator alone"
}
step "build onnx_cases" build release --target onnx_cases
step "Python packages" packages || die 3 "onnx: no Python with onnx (pip install onnx, in $venv)"
build/release/tests/validation/onnx_cases "$folder"
$venv/bin/python -B tests/validation/onnx_check.py "$folder"
