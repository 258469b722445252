// SPDX-License-Identifier: GPL-3.0-or-later
/* Event files: TFRecords of Event messages. Field numbers are those of TensorFlow's event.proto and
 * summary.proto:
 *   Event   { 1 wall_time double; 2 step int64; 3 file_version string; 5 summary Summary }
 *   Summary { 1 value Value }   Value { 1 tag string; 2 simple_value float } */
#include "titrate/store/tensorboard.h"

#include "crc32c.h"
#include "folders.h"
#include "proto.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "events.out.tfevents.titrate"
#define FILE_VERSION "brain.Event:2"
#define PATH_SIZE 4096
#define HEAD 12               /* length and its CRC */
#define RECORD_MAX (1U << 24) /* bytes; ours have some tens */

enum { EVENT_WALL_TIME = 1, EVENT_STEP = 2, EVENT_FILE_VERSION = 3, EVENT_SUMMARY = 5 };
enum { SUMMARY_VALUE = 1, VALUE_TAG = 1, VALUE_SIMPLE = 2 };

struct titr_tensorboard {
    FILE *file;
    char path[PATH_SIZE];
    titri_proto event;
};

static titr_status fail(const titr_tensorboard *t, titr_error *err)
{
    return titr_fail(err, TITR_ERR_IO, "cannot write %s: %s", t->path, strerror(errno));
}

/* --- records --- */

/* TensorFlow masks CRCs that are stored beside the data they are of: rotated, and a constant. */
static uint32_t masked_crc(const void *bytes, size_t n)
{
    const uint32_t crc = titri_crc32c(bytes, n);
    return (crc >> 15 | crc << 17) + UINT32_C(0xA282EAD8);
}

static void put_little(unsigned char *out, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (unsigned char)(value >> (8 * i));
    }
}

static uint64_t get_little(const unsigned char *in, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++) {
        value |= (uint64_t)in[i] << (8 * i);
    }
    return value;
}

static titr_status write_record(titr_tensorboard *t, titr_error *err)
{
    unsigned char head[HEAD], tail[4];
    TITR_TRY(titri_proto_status(&t->event, err));
    put_little(head, t->event.n, 8);
    put_little(head + 8, masked_crc(head, 8), 4);
    put_little(tail, masked_crc(t->event.bytes, t->event.n), 4);
    if (fwrite(head, 1, HEAD, t->file) != HEAD ||
        fwrite(t->event.bytes, 1, t->event.n, t->file) != t->event.n ||
        fwrite(tail, 1, sizeof tail, t->file) != sizeof tail) {
        return fail(t, err);
    }
    return TITR_OK;
}

/* Bytes of the next record's data, which go to *data (grown as needed); 0: no whole record there.
 */
static size_t read_record(FILE *file, unsigned char **data)
{
    unsigned char head[HEAD], tail[4];
    if (fread(head, 1, HEAD, file) != HEAD || get_little(head + 8, 4) != masked_crc(head, 8)) {
        return 0;
    }
    const uint64_t n = get_little(head, 8);
    unsigned char *grown = n > 0 && n <= RECORD_MAX ? realloc(*data, (size_t)n) : NULL;
    if (grown == NULL) {
        return 0;
    }
    *data = grown;
    const int whole = fread(grown, 1, (size_t)n, file) == n &&
                      fread(tail, 1, sizeof tail, file) == sizeof tail &&
                      get_little(tail, 4) == masked_crc(grown, (size_t)n);
    return whole ? (size_t)n : 0;
}

/* --- events --- */

static void begin_event(titr_tensorboard *t, double wall_s, int64_t step)
{
    titri_proto_clear(&t->event);
    titri_proto_double(&t->event, EVENT_WALL_TIME, wall_s);
    if (step != 0) { /* 0 is what a missing one means */
        titri_proto_int(&t->event, EVENT_STEP, step);
    }
}

/* Step of one of our own events: a double in field 1, then the step, if it is not 0. */
static int64_t step_of(const unsigned char *data, size_t n)
{
    uint64_t step = 0;
    size_t at = 1 + 8;
    if (at < n && data[at] == EVENT_STEP << 3) {
        unsigned shift = 0;
        do {
            at++;
            step |= (uint64_t)(at < n ? data[at] & 0x7F : 0) << shift;
            shift += 7;
        } while (at < n && data[at] >= 0x80 && shift < 64);
    }
    return (int64_t)step;
}

static int is_first_event(const unsigned char *data, size_t n)
{
    static const char version[] = FILE_VERSION;
    const size_t length = sizeof version - 1;
    return n >= length && memcmp(data + n - length, version, length) == 0;
}

/* Bytes of the file up to the first record that is incomplete or beyond the step; 0: nothing of it
 * stays. */
static titr_status find_end(titr_tensorboard *t, int64_t keep_to_step, long *end, titr_error *err)
{
    unsigned char *data = NULL;
    titr_status status = TITR_OK;
    *end = 0;
    for (size_t n; (n = read_record(t->file, &data)) > 0; *end = ftell(t->file)) {
        if (*end == 0 && !is_first_event(data, n)) {
            status = titr_fail(err, TITR_ERR_CONFIG, "%s: is no event file", t->path);
            break;
        }
        if (step_of(data, n) > keep_to_step) {
            break;
        }
    }
    free(data);
    return status;
}

/* Cuts the file where it is to be gone on with. */
static titr_status cut(titr_tensorboard *t, int64_t keep_to_step, long *end, titr_error *err)
{
    *end = 0;
    if (keep_to_step >= 0) {
        TITR_TRY(find_end(t, keep_to_step, end, err));
    }
    if (fflush(t->file) != 0 || ftruncate(fileno(t->file), *end) != 0 ||
        fseek(t->file, 0, SEEK_END) != 0) {
        return fail(t, err);
    }
    return TITR_OK;
}

static titr_status begin_file(titr_tensorboard *t, double wall_s, titr_error *err)
{
    begin_event(t, wall_s, 0);
    titri_proto_text(&t->event, EVENT_FILE_VERSION, FILE_VERSION);
    TITR_TRY(write_record(t, err));
    return titr_tensorboard_flush(t, err);
}

static titr_status open_file(titr_tensorboard *t, const char *folder, titr_error *err)
{
    const int n = snprintf(t->path, sizeof t->path, "%s/%s", folder, FILE_NAME);
    if (folder[0] == '\0' || n < 0 || (size_t)n >= sizeof t->path) {
        return titr_fail(err, TITR_ERR_ARG, "'%.60s' of %zu bytes cannot name a folder", folder,
                         strlen(folder));
    }
    TITR_TRY(titri_make_folders(t->path, 1, err));
    t->file = fopen(t->path, "r+b");
    if (t->file == NULL && errno == ENOENT) {
        t->file = fopen(t->path, "w+b");
    }
    return t->file == NULL ? fail(t, err) : TITR_OK;
}

static void release(titr_tensorboard *t)
{
    if (t->file != NULL) {
        (void)fclose(t->file);
    }
    titri_proto_fini(&t->event);
    free(t);
}

titr_status titr_tensorboard_open(const char *folder, int64_t keep_to_step, double wall_s,
                                  titr_tensorboard **out, titr_error *err)
{
    titr_tensorboard *t = calloc(1, sizeof *t);
    if (t == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the event file in %s", folder);
    }
    long end = 0;
    titr_status status = open_file(t, folder, err);
    if (status == TITR_OK) {
        status = cut(t, keep_to_step, &end, err);
    }
    if (status == TITR_OK && end == 0) {
        status = begin_file(t, wall_s, err);
    }
    if (status != TITR_OK) {
        release(t);
        return status;
    }
    *out = t;
    return TITR_OK;
}

titr_status titr_tensorboard_scalar(titr_tensorboard *t, double wall_s, int64_t step,
                                    const char *tag, double value, titr_error *err)
{
    if (tag[0] == '\0' || step < 0) {
        return titr_fail(err, TITR_ERR_ARG, "%s: '%.60s' at step %lld cannot be a point", t->path,
                         tag, (long long)step);
    }
    begin_event(t, wall_s, step);
    const size_t summary = titri_proto_begin(&t->event, EVENT_SUMMARY);
    const size_t one = titri_proto_begin(&t->event, SUMMARY_VALUE);
    titri_proto_text(&t->event, VALUE_TAG, tag);
    titri_proto_float(&t->event, VALUE_SIMPLE, (float)value);
    titri_proto_end(&t->event, one);
    titri_proto_end(&t->event, summary);
    return write_record(t, err);
}

titr_status titr_tensorboard_flush(titr_tensorboard *t, titr_error *err)
{
    return fflush(t->file) == 0 ? TITR_OK : fail(t, err);
}

titr_status titr_tensorboard_close(titr_tensorboard *t, titr_error *err)
{
    if (t == NULL) {
        return TITR_OK;
    }
    const titr_status status = titr_tensorboard_flush(t, err);
    release(t);
    return status;
}
