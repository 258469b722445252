// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/json_find.h
 * @brief Values of a JSON text by path, e.g. "experiment.evaluate.compare_to"; for the manifest.
 */
#ifndef TITR_BASE_JSON_FIND_H
#define TITR_BASE_JSON_FIND_H

#include <stddef.h>

/** Where the value at `path` begins; members by name, no array elements. @return borrowed, NULL
 * when there is none. */
const char *titr_json_find(const char *json, const char *path);
/** The text at `path`, escapes resolved, cut to `size`. @return 0 and "" when it is no text. */
int titr_json_text_at(const char *json, const char *path, char *text, size_t size);
/** The number at `path`; `otherwise` when it is none. */
double titr_json_number_at(const char *json, const char *path, double otherwise);

#endif
