// SPDX-License-Identifier: GPL-3.0-or-later
/* Options in words: what is expected, and the default as a config would write it. */
#include "titrate/base/option.h"
#include "titrate/base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Append; what does not fit is cut off. */
static void append(char *text, size_t size, const char *fmt, ...) TITR_PRINTF(3, 4);
static void append(char *text, size_t size, const char *fmt, ...)
{
    const size_t at = strnlen(text, size);
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text + at, size - at, fmt, args);
    va_end(args);
}

static void append_range(const titr_option *o, char *text, size_t size)
{
    char lo[32], hi[32];
    titr_format_real(o->lo, lo);
    titr_format_real(o->hi, hi);
    if (isfinite(o->lo) && isfinite(o->hi)) {
        append(text, size, " from %s to %s", lo, hi);
    } else if (isfinite(o->lo)) {
        append(text, size, ", at least %s", lo);
    } else if (isfinite(o->hi)) {
        append(text, size, ", at most %s", hi);
    }
}

static void append_unit(const titr_option *o, char *text, size_t size)
{
    if (o->unit != NULL && o->unit[0] != '\0' && strcmp(o->unit, "1") != 0) {
        append(text, size, " in %s", o->unit);
    }
}

void titr_option_expected(const titr_option *option, char *text, size_t size)
{
    static const char *const noun[] = {
        [TITR_OPTION_REAL] = "a number",      [TITR_OPTION_INT] = "a whole number",
        [TITR_OPTION_FLAG] = "true or false", [TITR_OPTION_CHOICE] = "one of ",
        [TITR_OPTION_TEXT] = "a text",        [TITR_OPTION_REALS] = "a list of numbers",
    };
    (void)snprintf(text, size, "%s", noun[option->kind]);
    switch (option->kind) {
    case TITR_OPTION_REAL:
    case TITR_OPTION_INT:
        append_unit(option, text, size);
        append_range(option, text, size);
        if (isnan(option->init)) {
            append(text, size, ", or \"auto\"");
        }
        break;
    case TITR_OPTION_REALS:
        append_unit(option, text, size);
        append(text, size, ", at most %d, each", TITR_REALS_MAX);
        append_range(option, text, size);
        break;
    case TITR_OPTION_CHOICE:
        for (size_t i = 0; option->choices[i] != NULL; i++) {
            append(text, size, "%s\"%s\"", i > 0 ? ", " : "", option->choices[i]);
        }
        break;
    case TITR_OPTION_FLAG:
    case TITR_OPTION_TEXT:
        break;
    }
}

/* libconfig wants all numbers of an array with a decimal point, or all without. */
static void append_reals(const titr_option *option, char *text, size_t size)
{
    titr_reals reals;
    titr_option only = *option;
    char number[32];
    int fractions = 0;
    only.offset = 0;
    titr_options_default(&only, 1, &reals);
    for (size_t i = 0; i < reals.n; i++) {
        fractions |= reals.v[i] != floor(reals.v[i]);
    }
    append(text, size, "[");
    for (size_t i = 0; i < reals.n; i++) {
        titr_format_real(reals.v[i], number);
        append(text, size, "%s%s%s", i > 0 ? ", " : "", number,
               fractions && strpbrk(number, ".e") == NULL ? ".0" : "");
    }
    append(text, size, "]");
}

void titr_option_default_text(const titr_option *option, char *text, size_t size)
{
    char number[32];
    text[0] = '\0';
    if (option->required) {
        return;
    }
    switch (option->kind) {
    case TITR_OPTION_REAL:
    case TITR_OPTION_INT:
        titr_format_real(option->init, number);
        append(text, size, "%s", isnan(option->init) ? "\"auto\"" : number);
        break;
    case TITR_OPTION_FLAG:
        append(text, size, option->init != 0.0 ? "true" : "false");
        break;
    case TITR_OPTION_CHOICE:
        append(text, size, "\"%s\"", option->choices[(int)option->init]);
        break;
    case TITR_OPTION_TEXT:
        append(text, size, "\"%s\"", option->text != NULL ? option->text : "");
        break;
    case TITR_OPTION_REALS:
        append_reals(option, text, size);
        break;
    }
}
