// SPDX-License-Identifier: GPL-3.0-or-later
/* Memory back end of the state visitor: a flat log of (name, type, count, data). */
#include "titrate/base/visit_memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 64

typedef struct entry {
    char name[NAME_BYTES];
    uint64_t dtype, bytes;
} entry;

static titr_status append(titr_memory_visitor *m, const void *data, size_t bytes, titr_error *err)
{
    if (m->size + bytes > m->capacity) {
        const size_t capacity = 2 * (m->size + bytes) + 256;
        unsigned char *grown = realloc(m->bytes, capacity);
        if (grown == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for a saved state of %zu bytes",
                             capacity);
        }
        m->bytes = grown;
        m->capacity = capacity;
    }
    memcpy(m->bytes + m->size, data, bytes);
    m->size += bytes;
    return TITR_OK;
}

static entry entry_of(const char *name, titr_dtype dtype, size_t bytes)
{
    entry e = {.dtype = (uint64_t)dtype, .bytes = bytes};
    for (size_t i = 0; name[i] != '\0' && i + 1 < NAME_BYTES; i++) {
        e.name[i] = name[i];
    }
    return e;
}

static titr_status value(titr_visitor *v, const char *name, titr_dtype dtype, size_t dims,
                         const size_t *shape, void *data, titr_error *err)
{
    titr_memory_visitor *m = (titr_memory_visitor *)v;
    size_t bytes = titr_dtype_size(dtype);
    for (size_t d = 0; d < dims; d++) {
        bytes *= shape[d];
    }
    const entry want = entry_of(name, dtype, bytes);
    if (!v->loading) {
        TITR_TRY(append(m, &want, sizeof want, err));
        return bytes == 0 ? TITR_OK : append(m, data, bytes, err);
    }
    if (m->at + sizeof want + bytes > m->size ||
        memcmp(m->bytes + m->at, &want, sizeof want) != 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "saved state has no value '%s' of %zu bytes here",
                         name, bytes);
    }
    if (bytes > 0) {
        memcpy(data, m->bytes + m->at + sizeof want, bytes);
    }
    m->at += sizeof want + bytes;
    return TITR_OK;
}

static titr_status group(titr_visitor *v, const char *name, titr_error *err)
{
    (void)v, (void)name, (void)err; /* the order of visits is the structure */
    return TITR_OK;
}

static titr_status leave(titr_visitor *v, titr_error *err)
{
    (void)v, (void)err;
    return TITR_OK;
}

void titr_memory_visitor_init(titr_memory_visitor *m)
{
    *m = (titr_memory_visitor){.base = {.value = value, .enter = group, .leave = leave}};
}

void titr_memory_visitor_load(titr_memory_visitor *m)
{
    m->base.loading = 1;
    m->at = 0;
}

void titr_memory_visitor_fini(titr_memory_visitor *m)
{
    free(m->bytes);
    m->bytes = NULL;
    m->size = m->capacity = m->at = 0;
}
