# SPDX-License-Identifier: GPL-3.0-or-later
need test
c_files | xargs clang-format-14 -i
say "formatted $(c_files | wc -l) files"
