// SPDX-License-Identifier: GPL-3.0-or-later
/* CSV: RFC 4180 quoting, numbers that read back as what was stored. */
#include "csv.h"

#include "titrate/base/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

titr_status titri_csv_open(titri_csv *csv, const char *path, titr_error *err)
{
    *csv = (titri_csv){.place = TITRI_REPLACE_NONE};
    TITR_TRY(titri_replace_begin(&csv->place, path, err));
    const int fd = dup(csv->place.fd);
    csv->file = fd < 0 ? NULL : fdopen(fd, "w");
    if (csv->file == NULL) {
        const titr_status status =
            titr_fail(err, TITR_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        titri_replace_abort(&csv->place);
        return status;
    }
    return TITR_OK;
}

static void separate(titri_csv *csv)
{
    if (csv->in_row) {
        (void)fputc(',', csv->file);
    }
    csv->in_row = 1;
}

void titri_csv_text(titri_csv *csv, const char *text)
{
    separate(csv);
    if (strpbrk(text, ",\"\r\n") == NULL) {
        (void)fputs(text, csv->file);
        return;
    }
    (void)fputc('"', csv->file);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"') {
            (void)fputc('"', csv->file);
        }
        (void)fputc(*p, csv->file);
    }
    (void)fputc('"', csv->file);
}

/* 1 if it was not finite and is written. */
static int not_finite(titri_csv *csv, double value)
{
    if (isfinite(value)) {
        return 0;
    }
    separate(csv);
    (void)fputs(isnan(value) ? "NaN" : value > 0.0 ? "Inf" : "-Inf", csv->file);
    return 1;
}

void titri_csv_real(titri_csv *csv, double value)
{
    char text[32];
    if (!not_finite(csv, value)) {
        titr_format_real(value, text);
        separate(csv);
        (void)fputs(text, csv->file);
    }
}

/* 7 digits are enough for most, 9 for every float. */
static void single(titri_csv *csv, float value)
{
    char text[32];
    if (not_finite(csv, (double)value)) {
        return;
    }
    for (int digits = 7; digits <= 9; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value) {
            break;
        }
    }
    separate(csv);
    (void)fputs(text, csv->file);
}

static void integer(titri_csv *csv, int value)
{
    separate(csv);
    (void)fprintf(csv->file, "%d", value);
}

void titri_csv_value(titri_csv *csv, titri_kind kind, const void *value)
{
    switch (kind) {
    case TITRI_F64:
        titri_csv_real(csv, *(const double *)value);
        break;
    case TITRI_F32:
        single(csv, *(const float *)value);
        break;
    case TITRI_I32:
        integer(csv, *(const int32_t *)value);
        break;
    case TITRI_I16:
        integer(csv, *(const int16_t *)value);
        break;
    case TITRI_I8:
        integer(csv, *(const signed char *)value);
        break;
    case TITRI_TEXT:
        titri_csv_text(csv, value);
        break;
    }
}

void titri_csv_end_row(titri_csv *csv)
{
    (void)fputc('\n', csv->file);
    csv->in_row = 0;
}

titr_status titri_csv_close(titri_csv *csv, titr_status status, titr_error *err)
{
    errno = 0;
    const int failed = fflush(csv->file) != 0 || ferror(csv->file) != 0;
    const int reason = errno;
    (void)fclose(csv->file);
    csv->file = NULL;
    if (status == TITR_OK && failed) {
        status = titr_fail(err, TITR_ERR_IO, "cannot write %s: %s", csv->place.path,
                           reason == 0 ? "a write failed" : strerror(reason));
    }
    if (status != TITR_OK) {
        titri_replace_abort(&csv->place);
        return status;
    }
    return titri_replace_commit(&csv->place, err);
}
