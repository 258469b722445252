# SPDX-License-Identifier: GPL-3.0-or-later
# Flags of every target of ours. No -ffast-math and no contraction: same bits everywhere.
add_library(titr_flags INTERFACE)
target_compile_options(titr_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes
  -Wmissing-prototypes -Wvla -Wundef -Wformat=2 -Werror -ffp-contract=off)
if(TITR_SANITIZE)
  target_compile_options(titr_flags INTERFACE
    -fsanitize=${TITR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(titr_flags INTERFACE -fsanitize=${TITR_SANITIZE})
endif()
if(TITR_COVERAGE)
  target_compile_options(titr_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(titr_flags INTERFACE --coverage)
endif()
