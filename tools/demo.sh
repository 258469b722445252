# SPDX-License-Identifier: GPL-3.0-or-later
# The whole shipped experiment: train, evaluate, report.
need run
need_sundials
# a first build leaves the tests out: they need packages that the program does not
tests=()
[ -e build/release/CMakeCache.txt ] || tests=(-DTITR_TESTS=OFF)
step "configure" configure release "${tests[@]}"
step "build" build release --target titrate_cli
exec build/release/experiments/cli/titrate run experiments/insulin_children.cfg "${args[@]}"
