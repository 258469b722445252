# SPDX-License-Identifier: GPL-3.0-or-later
need run test
need_sundials
preset=${args[0]:-dev}
step "configure $preset" configure "$preset"
step "build $preset" build "$preset"
