// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/onnx_cases.h
 * @brief Networks of every make with random parameters, and what they are worth by titrate's own
 *        forward pass: what an exported model has to compute as well.
 */
#ifndef TITR_TESTS_SUPPORT_ONNX_CASES_H
#define TITR_TESTS_SUPPORT_ONNX_CASES_H

#include "titrate/store/onnx.h"

#define ONNX_OBS 6
#define ONNX_ROWS 9
#define ONNX_ATOMS_MAX 51
#define ONNX_TAUS 8

/** One network. */
typedef struct onnx_case {
    titr_net *net;
    titr_real *params;
    titr_network_feed feed[16];
    double atom[ONNX_ATOMS_MAX], tau[ONNX_TAUS];
    titr_network_view view;
} onnx_case;

/** How many there are. */
size_t onnx_cases(void);
/** Make number k. */
titr_status onnx_case_init(onnx_case *c, size_t k, titr_error *err) TITR_NODISCARD;
void onnx_case_fini(onnx_case *c);
/** Names for the metadata. */
titr_onnx_about onnx_case_about(void);
/** What a model has to compute; NULL: not known. Of ONNX_ROWS rows each. */
typedef struct onnx_expected {
    const float *obs, *state, *next_state, *q;
    size_t n_obs, units, n_levels;
} onnx_expected;
/** As JSON. */
titr_status onnx_expected_write(const onnx_expected *x, const char *path,
                                titr_error *err) TITR_NODISCARD;
/** Write FOLDER/case_<k>.onnx, and .json with observations, q and states of ONNX_ROWS rows. */
titr_status onnx_case_write(const onnx_case *c, const char *folder, size_t k,
                            titr_error *err) TITR_NODISCARD;

#endif
