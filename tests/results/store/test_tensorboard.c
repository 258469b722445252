// SPDX-License-Identifier: GPL-3.0-or-later
/* Event files, read back by a parser of the format that is written here anew; and what a crash and
 * a resumed training leave of them. */
#include "titrate/store/tensorboard.h"

#include "store/crc32c.h"
#include "support/allocations.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "/run/a/events.out.tfevents.titrate"
#define EVENTS_MAX 64

typedef struct scene {
    char root[32], folder[64], path[96];
    unsigned char bytes[8192];
    size_t n;
} scene;

static scene *start(void)
{
    scene *s = calloc(1, sizeof *s);
    strcpy(s->root, "/tmp/titrate_events_XXXXXX");
    cr_assert_not_null(mkdtemp(s->root));
    (void)snprintf(s->folder, sizeof s->folder, "%s/run/a", s->root);
    (void)snprintf(s->path, sizeof s->path, "%s" FILE_NAME, s->root);
    return s;
}

static void end(scene *s)
{
    (void)unlink(s->path);
    (void)rmdir(s->folder);
    *strrchr(s->folder, '/') = '\0';
    (void)rmdir(s->folder);
    cr_assert_eq(rmdir(s->root), 0);
    free(s);
}

static void load(scene *s)
{
    FILE *f = fopen(s->path, "rb");
    cr_assert_not_null(f);
    s->n = fread(s->bytes, 1, sizeof s->bytes, f);
    (void)fclose(f);
}

static uint32_t u32(const unsigned char *b)
{
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint32_t masked(const unsigned char *b, size_t n)
{
    const uint32_t crc = titri_crc32c(b, n);
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

typedef struct event {
    double wall_s;
    int64_t step;
    char text[32]; /* version or tag */
    float value;
    int scalar;
} event;

static uint64_t varint(const unsigned char **b)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        value |= (uint64_t)(**b & 0x7F) << shift;
        if (*(*b)++ < 0x80) {
            return value;
        }
    }
}

/* All fields, whatever their order within a message; a nested message stands last in its parent. */
static void parse(const unsigned char *b, const unsigned char *stop, event *e)
{
    int depth = 0;
    while (b < stop) {
        const uint64_t key = varint(&b);
        if ((key & 7) == 2) {
            const size_t n = (size_t)varint(&b);
            if (depth == 0 ? key >> 3 == 5 : depth == 1 && key >> 3 == 1) {
                cr_assert_eq(b + n, stop);
                depth++;
                continue;
            }
            cr_assert_eq(key >> 3, depth == 0 ? 3 : 1);
            memcpy(e->text, b, n);
            b += n;
        } else if ((key & 7) == 1) {
            cr_assert(depth == 0 && key >> 3 == 1);
            memcpy(&e->wall_s, b, 8);
            b += 8;
        } else if ((key & 7) == 5) {
            cr_assert(depth == 2 && key >> 3 == 2);
            memcpy(&e->value, b, 4);
            e->scalar = 1;
            b += 4;
        } else {
            cr_assert(depth == 0 && key == (2 << 3));
            e->step = (int64_t)varint(&b);
        }
    }
    cr_assert_eq(b, stop);
}

static size_t read_events(scene *s, event *e)
{
    size_t at = 0, n = 0;
    load(s);
    while (at < s->n) {
        const unsigned char *b = &s->bytes[at];
        const size_t length = u32(b);
        cr_assert_eq(u32(b + 4), 0);
        cr_assert_eq(u32(b + 8), masked(b, 8));
        cr_assert_eq(u32(b + 12 + length), masked(b + 12, length));
        memset(&e[n], 0, sizeof e[n]);
        parse(b + 12, b + 12 + length, &e[n++]);
        at += 16 + length;
    }
    cr_assert_eq(at, s->n);
    return n;
}

static titr_tensorboard *open_at(const scene *s, int64_t keep)
{
    titr_tensorboard *t = NULL;
    titr_error err;
    cr_assert_eq(titr_tensorboard_open(s->folder, keep, 1.5e9, &t, &err), TITR_OK, "%s", err.what);
    return t;
}

/* Two curves at steps from, from + step, ... */
static void write_points(titr_tensorboard *t, int64_t from, int64_t step, int n)
{
    titr_error err;
    for (int i = 0; i < n; i++) {
        const int64_t at = from + i * step;
        cr_assert_eq(titr_tensorboard_scalar(t, 1.5e9 + i, at, "train/reward", (double)at, &err),
                     TITR_OK);
        cr_assert_eq(titr_tensorboard_scalar(t, 1.5e9 + i, at, "loss", 0.1 * i, &err), TITR_OK);
    }
}

Test(tensorboard, events_are_what_was_written)
{
    scene *s = start();
    event e[EVENTS_MAX];
    titr_error err;
    titr_tensorboard *t = open_at(s, INT64_MAX);
    write_points(t, 0, INT64_C(5000000000), 3);
    cr_assert_eq(titr_tensorboard_close(t, &err), TITR_OK);
    cr_assert_eq(read_events(s, e), 7);
    cr_assert_eq(e[0].wall_s, 1.5e9);
    cr_assert_str_eq(e[0].text, "brain.Event:2");
    for (int i = 0; i < 3; i++) {
        const event *reward = &e[1 + 2 * i], *loss = &e[2 + 2 * i];
        cr_assert_eq(reward->step, i * INT64_C(5000000000));
        cr_assert_eq(loss->step, reward->step);
        cr_assert_eq(loss->wall_s, 1.5e9 + i);
        cr_assert_str_eq(reward->text, "train/reward");
        cr_assert_str_eq(loss->text, "loss");
        cr_assert_eq(reward->value, (float)reward->step);
        cr_assert_eq(loss->value, (float)(0.1 * i));
        cr_assert(loss->scalar && reward->scalar);
    }
    end(s);
}

Test(tensorboard, flushed_events_are_in_the_file)
{
    scene *s = start();
    event e[EVENTS_MAX];
    titr_error err;
    titr_tensorboard *t = open_at(s, -1);
    cr_assert_eq(read_events(s, e), 1, "the file has its head at once");
    write_points(t, 1, 1, 2);
    cr_assert_eq(titr_tensorboard_flush(t, &err), TITR_OK);
    cr_assert_eq(read_events(s, e), 5);
    cr_assert_eq(titr_tensorboard_close(t, &err), TITR_OK);
    end(s);
}

Test(tensorboard, a_resumed_training_goes_on_after_its_checkpoint)
{
    scene *s = start();
    event e[EVENTS_MAX];
    titr_error err;
    titr_tensorboard *t = open_at(s, -1);
    write_points(t, 100, 100, 5);
    cr_assert_eq(titr_tensorboard_close(t, &err), TITR_OK);
    t = open_at(s, 300);
    write_points(t, 400, 50, 2);
    cr_assert_eq(titr_tensorboard_close(t, &err), TITR_OK);
    static const int64_t want[] = {0, 100, 100, 200, 200, 300, 300, 400, 400, 450, 450};
    cr_assert_eq(read_events(s, e), 11);
    for (size_t i = 0; i < 11; i++) {
        cr_assert_eq(e[i].step, want[i]);
    }
    t = open_at(s, -1);
    cr_assert_eq(titr_tensorboard_close(t, &err), TITR_OK);
    cr_assert_eq(read_events(s, e), 1, "begun anew");
    end(s);
}

/* Killed after any byte: what was whole stays, and it goes on. */
Test(tensorboard, whatever_a_crash_leaves_is_gone_on_with)
{
    scene *s = start();
    event e[EVENTS_MAX];
    titr_error err;
    titr_tensorboard *t = open_at(s, -1);
    write_points(t, 1, 1, 2);
    cr_assert_eq(titr_tensorboard_close(t, &err), TITR_OK);
    load(s);
    const size_t whole = s->n;
    unsigned char *bytes = malloc(whole);
    memcpy(bytes, s->bytes, whole);
    for (size_t n = 0; n <= whole; n++) {
        FILE *f = fopen(s->path, "wb");
        cr_assert_eq(fwrite(bytes, 1, n, f), n);
        (void)fclose(f);
        t = open_at(s, INT64_MAX);
        write_points(t, 7, 1, 1);
        cr_assert_eq(titr_tensorboard_close(t, &err), TITR_OK);
        const size_t events = read_events(s, e);
        cr_assert(events >= 3 && events <= 7);
        cr_assert_eq(e[events - 1].step, 7);
    }
    cr_assert_eq(read_events(s, e), 7);
    free(bytes);
    end(s);
}

Test(tensorboard, another_file_is_not_touched)
{
    scene *s = start();
    titr_error err;
    titr_tensorboard *t = open_at(s, -1);
    cr_assert_eq(titr_tensorboard_close(t, &err), TITR_OK);
    load(s);
    unsigned char *body = &s->bytes[12];
    const size_t length = u32(s->bytes);
    body[length - 1] = '3'; /* a version that is not known */
    const uint32_t crc = masked(body, length);
    memcpy(body + length, &crc, 4);
    FILE *f = fopen(s->path, "wb");
    cr_assert_eq(fwrite(s->bytes, 1, s->n, f), s->n);
    (void)fclose(f);
    cr_assert_eq(titr_tensorboard_open(s->folder, 5, 0.0, &t, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "no event file"), "%s", err.what);
    end(s);
}

Test(tensorboard, says_why_it_cannot)
{
    scene *s = start();
    titr_tensorboard *t = NULL;
    titr_error err;
    cr_assert_eq(titr_tensorboard_open("", 0, 0.0, &t, &err), TITR_ERR_ARG);
    cr_assert_eq(titr_tensorboard_open("/proc/nothing/a", 0, 0.0, &t, &err), TITR_ERR_IO);
    t = open_at(s, -1);
    cr_assert_eq(titr_tensorboard_scalar(t, 0.0, 1, "", 0.0, &err), TITR_ERR_ARG);
    cr_assert_eq(titr_tensorboard_scalar(t, 0.0, -1, "a", 0.0, &err), TITR_ERR_ARG);
    cr_assert_eq(titr_tensorboard_close(t, &err), TITR_OK);
    cr_assert_eq(titr_tensorboard_close(NULL, &err), TITR_OK);
    end(s);
}

static titr_status attempt(void *context, titr_error *err)
{
    const scene *s = context;
    titr_tensorboard *t = NULL;
    TITR_TRY(titr_tensorboard_open(s->folder, -1, 0.0, &t, err));
    const titr_status status = titr_tensorboard_scalar(t, 0.0, 1, "a", 0.0, err);
    const titr_status closed = titr_tensorboard_close(t, err);
    return status == TITR_OK ? closed : status;
}

Test(tensorboard, lack_of_memory_is_told)
{
    scene *s = start();
    cr_assert_geq(allocations_fail_each(attempt, s, 1), 2);
    end(s);
}
