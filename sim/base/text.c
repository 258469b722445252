// SPDX-License-Identifier: GPL-3.0-or-later
/* Growing text. */
#include "titrate/base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for n more bytes and the terminating zero. @return 0 when there is no memory. */
static int reserve(titr_text *text, size_t n)
{
    if (text->failed) {
        return 0;
    }
    if (text->n + n + 1 > text->capacity) {
        const size_t wanted = (text->n + n + 1) * 2;
        char *grown = realloc(text->s, wanted);
        if (grown == NULL) {
            text->failed = 1;
            return 0;
        }
        text->s = grown;
        text->capacity = wanted;
    }
    return 1;
}

void titr_text_add(titr_text *text, const char *bytes, size_t n)
{
    if (reserve(text, n)) {
        if (n > 0) {
            memcpy(text->s + text->n, bytes, n);
        }
        text->n += n;
        text->s[text->n] = '\0';
    }
}

void titr_text_printf(titr_text *text, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, fmt, args);
    if (length >= 0 && reserve(text, (size_t)length)) {
        (void)vsnprintf(text->s + text->n, (size_t)length + 1, fmt, again);
        text->n += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

titr_status titr_text_take(titr_text *text, char **out, titr_error *err)
{
    titr_text_add(text, "", 0);
    if (text->failed) {
        titr_text_fini(text);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a text");
    }
    *out = text->s;
    *text = (titr_text){0};
    return TITR_OK;
}

void titr_text_fini(titr_text *text)
{
    free(text->s);
    *text = (titr_text){0};
}

void titr_format_real(double value, char text[32])
{
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, 32, "%.*g", digits, value);
        if (!isfinite(value) || strtod(text, NULL) == value) {
            break;
        }
    }
}

/* Smallest code point that needs a sequence of that length: shorter forms are not valid. */
static int decode(const unsigned char *s, size_t length, unsigned *code)
{
    static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned value = s[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
        value = (value << 6) | (s[i] & 0x3Fu);
    }
    *code = value;
    return value >= smallest[length] && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
}

size_t titr_utf8_length(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    if (n == 0 || (u[0] >= 0x80 && u[0] < 0xC2) || u[0] > 0xF4) {
        return 0;
    }
    const size_t length = u[0] < 0x80 ? 1 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
    unsigned code = 0;
    return length == 1 || (length <= n && decode(u, length, &code)) ? length : 0;
}
