// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/models/lanes.h
 * @brief What a model's source needs to be compiled once per lane width.
 *
 * The build compiles every file in models/ once for each width with -DTITR_LANES=L; the model's
 * table is named by TITR_MODEL_SYMBOL so that the widths live side by side in one library.
 */
#ifndef TITR_MODELS_LANES_H
#define TITR_MODELS_LANES_H

#ifndef TITR_LANES
/** Lanes that this source is compiled for. */
#define TITR_LANES 1
#endif

/** Joins three tokens as they stand. */
#define TITR_GLUE3_(a, b, c) a##b##c
/** Joins three tokens after expanding them. */
#define TITR_GLUE3(a, b, c) TITR_GLUE3_(a, b, c)
/** titr_model_<name>_l<L> */
#define TITR_MODEL_SYMBOL(name) TITR_GLUE3(titr_model_##name, _l, TITR_LANES)
/** Element i of lane l. */
#define TITR_AT(array, i, l) ((array)[((size_t)(i)) * (size_t)TITR_LANES + (l)])
/** Loop over lanes; its length is a constant, so it vectorises. */
#define TITR_FOR_LANES(l) for (size_t l = 0; (l) < TITR_LANES; (l)++)

#endif
