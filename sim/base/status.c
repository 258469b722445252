// SPDX-License-Identifier: GPL-3.0-or-later
/* Status texts and the one function that fills an error record. */
#include "titrate/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *titr_status_str(titr_status status)
{
    switch (status) {
#define X(name, value, text)                                                                       \
    case name:                                                                                     \
        return text;
        TITR_STATUS_MAP(X)
#undef X
    }
    return "unknown status";
}

titr_status titr_fail_at(titr_error *err, titr_status code, const char *file, int line,
                         const char *fmt, ...)
{
    if (err != NULL) {
        const char *base = strrchr(file, '/');
        err->code = code;
        (void)snprintf(err->where, sizeof err->where, "%s:%d", base ? base + 1 : file, line);
        va_list args;
        va_start(args, fmt);
        (void)vsnprintf(err->what, sizeof err->what, fmt, args);
        va_end(args);
    }
    return code;
}
