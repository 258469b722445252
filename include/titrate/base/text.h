// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/text.h
 * @brief A text that grows, and a JSON writer on top of it.
 *
 * Errors     lack of memory is remembered and reported once, by titr_text_take.
 * Ownership  titr_text owns its bytes until they are taken; start from {0}, end with
 *            titr_text_take or titr_text_fini.
 */
#ifndef TITR_BASE_TEXT_H
#define TITR_BASE_TEXT_H

#include "titrate/base/status.h"

#include <stddef.h>
#include <stdint.h>

/** A text that grows. */
typedef struct titr_text {
    char *s;            /* zero-terminated; NULL while empty */
    size_t n, capacity; /* bytes used and reserved, without the terminating zero */
    int failed;         /* 1 = out of memory; what follows is dropped */
} titr_text;

/** Append n bytes. */
void titr_text_add(titr_text *text, const char *bytes, size_t n);
/** Append formatted text. */
void titr_text_printf(titr_text *text, const char *fmt, ...) TITR_PRINTF(2, 3);
/** Hand the text over. @param[out] out malloc'ed, never NULL on TITR_OK. `text` is empty after. */
titr_status titr_text_take(titr_text *text, char **out, titr_error *err) TITR_NODISCARD;
/** Release what was not taken. */
void titr_text_fini(titr_text *text);

/** The shortest decimal that reads back as the same double, e.g. "0.1"; "nan", "inf", "-inf". */
void titr_format_real(double value, char text[32]);

/** Writes one JSON value; keys come out in the order in which they are written. `key` is NULL
 *  inside arrays and for the outermost value. Non-finite numbers are written as null. */
typedef struct titr_json {
    titr_text text;   /* what was written so far */
    int indent;       /* spaces per level; 0 = one line */
    int depth, first; /* open brackets; 1 = the next member is the first of its bracket */
} titr_json;

void titr_json_open(titr_json *json, const char *key, char bracket); /* bracket: '{' or '[' */
void titr_json_close(titr_json *json, char bracket);                 /* bracket: '}' or ']' */
/** As titr_format_real writes it; null when not finite. */
void titr_json_real(titr_json *json, const char *key, double value);
/** All digits; readers may round beyond 2^53. */
void titr_json_int(titr_json *json, const char *key, int64_t value);
/** True or false. */
void titr_json_bool(titr_json *json, const char *key, int value);
/** Bytes that are not UTF-8 become U+FFFD. NULL is written as null. */
void titr_json_text(titr_json *json, const char *key, const char *value);

/** Length of the UTF-8 sequence at `s`, 1..4. @return 0 when it is not valid UTF-8. */
size_t titr_utf8_length(const char *s, size_t n);

#endif
