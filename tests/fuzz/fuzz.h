// SPDX-License-Identifier: GPL-3.0-or-later
/* A fuzzer's bytes as a file, for readers that take a path. libFuzzer supplies main(). */
#ifndef TITR_TESTS_FUZZ_FUZZ_H
#define TITR_TESTS_FUZZ_FUZZ_H

#include "titrate/base/status.h"

#include <stddef.h>
#include <stdint.h>

/** Called by the fuzzer for every input. @return 0 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Write the bytes to a file of this process, in memory. @return its path, static */
const char *fuzz_file(const uint8_t *data, size_t size, const char *extension);

/** A refusal must carry one line of text; anything else is a crash the fuzzer will report. */
void fuzz_answer(titr_status status, const titr_error *err);

#endif
