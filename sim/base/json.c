// SPDX-License-Identifier: GPL-3.0-or-later
/* JSON writer (RFC 8259). */
#include "titrate/base/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void new_line(titr_json *json)
{
    if (json->indent > 0 && json->text.n > 0) {
        titr_text_printf(&json->text, "\n%*s", json->depth * json->indent, "");
    }
}

static void quoted(titr_text *text, const char *value)
{
    titr_text_add(text, "\"", 1);
    for (size_t left = strlen(value); left > 0;) {
        const size_t length = titr_utf8_length(value, left);
        const unsigned char c = (unsigned char)*value;
        if (length == 0) {
            titr_text_printf(text, "\\uFFFD");
        } else if (c == '"' || c == '\\') {
            titr_text_printf(text, "\\%c", c);
        } else if (c < 0x20) {
            titr_text_printf(text, "\\u%04x", (unsigned)c);
        } else {
            titr_text_add(text, value, length);
        }
        value += length > 0 ? length : 1;
        left -= length > 0 ? length : 1;
    }
    titr_text_add(text, "\"", 1);
}

/* Comma, line and key before a value. */
static void begin(titr_json *json, const char *key)
{
    if (json->depth > 0 && !json->first) {
        titr_text_printf(&json->text, json->indent > 0 || key == NULL ? "," : ", ");
    }
    json->first = 0;
    new_line(json);
    if (key != NULL) {
        quoted(&json->text, key);
        titr_text_printf(&json->text, ": ");
    }
}

void titr_json_open(titr_json *json, const char *key, char bracket)
{
    begin(json, key);
    titr_text_add(&json->text, &bracket, 1);
    json->depth++;
    json->first = 1;
}

void titr_json_close(titr_json *json, char bracket)
{
    json->depth--;
    if (!json->first) {
        new_line(json);
    }
    titr_text_add(&json->text, &bracket, 1);
    json->first = 0;
}

void titr_json_real(titr_json *json, const char *key, double value)
{
    char number[32] = "null";
    if (isfinite(value)) {
        titr_format_real(value, number);
    }
    begin(json, key);
    titr_text_printf(&json->text, "%s", number);
}

void titr_json_int(titr_json *json, const char *key, int64_t value)
{
    begin(json, key);
    titr_text_printf(&json->text, "%" PRId64, value);
}

void titr_json_bool(titr_json *json, const char *key, int value)
{
    begin(json, key);
    titr_text_printf(&json->text, value ? "true" : "false");
}

void titr_json_text(titr_json *json, const char *key, const char *value)
{
    begin(json, key);
    if (value == NULL) {
        titr_text_printf(&json->text, "null");
    } else {
        quoted(&json->text, value);
    }
}
