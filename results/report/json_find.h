// SPDX-License-Identifier: GPL-3.0-or-later
/* Values of a JSON text by path, e.g. "experiment.evaluate.compare_to"; for the manifest. */
#ifndef TITRI_REPORT_JSON_FIND_H
#define TITRI_REPORT_JSON_FIND_H

#include "titrate/base/text.h"

/* Where the value at `path` begins; members by name, no array elements. NULL: there is none. */
const char *titri_json_find(const char *json, const char *path);
/* The text at `path`, escapes resolved, cut to `size`. @return 0 and "" when it is no text. */
int titri_json_text_at(const char *json, const char *path, char *text, size_t size);
/* The number at `path`; `otherwise` when it is none. */
double titri_json_number_at(const char *json, const char *path, double otherwise);

#endif
