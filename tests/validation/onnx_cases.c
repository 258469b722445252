// SPDX-License-Identifier: GPL-3.0-or-later
/* onnx_cases FOLDER: models of networks of every make, and what they are worth. See onnx.sh and
 * tests/results/store/onnx_by_hand.py. */
#include "support/onnx_cases.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: onnx_cases FOLDER\n");
        return 2;
    }
    for (size_t k = 0; k < onnx_cases(); k++) {
        onnx_case c;
        titr_error err = {0};
        titr_status status = onnx_case_init(&c, k, &err);
        if (status == TITR_OK) {
            status = onnx_case_write(&c, argv[1], k, &err);
            onnx_case_fini(&c);
        }
        if (status != TITR_OK) {
            (void)fprintf(stderr, "case %zu: %s\n", k, err.what);
            return 1;
        }
    }
    return 0;
}
