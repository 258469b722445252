// SPDX-License-Identifier: GPL-3.0-or-later
#include "proto.h"

#include <stdlib.h>
#include <string.h>

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };
#define VARINT_MAX 10 /* bytes */

void titri_proto_fini(titri_proto *p)
{
    free(p->bytes);
}

void titri_proto_clear(titri_proto *p)
{
    p->n = 0;
    p->failed = 0;
}

titr_status titri_proto_status(const titri_proto *p, titr_error *err)
{
    return p->failed
               ? titr_fail(err, TITR_ERR_NOMEM, "no memory for a message of over %zu bytes", p->n)
               : TITR_OK;
}

/* Room for n more bytes. @return 0 if there is none */
static int reserve(titri_proto *p, size_t n)
{
    if (!p->failed && p->n + n > p->capacity) {
        const size_t capacity = 2 * (p->n + n) + 64;
        unsigned char *bytes = realloc(p->bytes, capacity);
        p->failed = bytes == NULL;
        if (bytes != NULL) {
            p->bytes = bytes;
            p->capacity = capacity;
        }
    }
    return !p->failed;
}

static void append(titri_proto *p, const void *bytes, size_t n)
{
    if (reserve(p, n) && n > 0) {
        memcpy(p->bytes + p->n, bytes, n);
        p->n += n;
    }
}

static size_t varint(uint64_t value, unsigned char out[VARINT_MAX])
{
    size_t n = 0;
    for (; value >= 0x80; value >>= 7) {
        out[n++] = (unsigned char)(value | 0x80);
    }
    out[n++] = (unsigned char)value;
    return n;
}

static void append_varint(titri_proto *p, uint64_t value)
{
    unsigned char bytes[VARINT_MAX];
    append(p, bytes, varint(value, bytes));
}

static void append_key(titri_proto *p, uint32_t field, unsigned wire)
{
    append_varint(p, (uint64_t)field << 3 | wire);
}

void titri_proto_int(titri_proto *p, uint32_t field, int64_t value)
{
    append_key(p, field, WIRE_VARINT);
    append_varint(p, (uint64_t)value);
}

/* The low n bytes, lowest first. */
static void append_little(titri_proto *p, uint64_t bits, size_t n)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (unsigned char)(bits >> (8 * i));
    }
    append(p, bytes, n);
}

void titri_proto_float(titri_proto *p, uint32_t field, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    append_key(p, field, WIRE_32);
    append_little(p, bits, sizeof bits);
}

void titri_proto_double(titri_proto *p, uint32_t field, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    append_key(p, field, WIRE_64);
    append_little(p, bits, sizeof bits);
}

void titri_proto_bytes(titri_proto *p, uint32_t field, const void *bytes, size_t n)
{
    append_key(p, field, WIRE_BYTES);
    append_varint(p, n);
    append(p, bytes, n);
}

void titri_proto_text(titri_proto *p, uint32_t field, const char *text)
{
    titri_proto_bytes(p, field, text, strlen(text));
}

size_t titri_proto_begin(titri_proto *p, uint32_t field)
{
    append_key(p, field, WIRE_BYTES);
    return p->n;
}

/* Its length goes in front, now that it is known. */
void titri_proto_end(titri_proto *p, size_t begin)
{
    unsigned char length[VARINT_MAX];
    const size_t n = varint(p->n - begin, length);
    if (reserve(p, n)) {
        memmove(p->bytes + begin + n, p->bytes + begin, p->n - begin);
        memcpy(p->bytes + begin, length, n);
        p->n += n;
    }
}
