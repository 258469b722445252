// SPDX-License-Identifier: GPL-3.0-or-later
/* HDF5's filters in memory.
 *
 *   values --shuffle--> planes: all first bytes, all second bytes, ...
 *          --deflate--> 78 01, a piece after the other, 03 00, Adler-32       (zlib's format)
 *          --Fletcher-32--> and four bytes
 *
 * The low planes of a noisy quantity cannot be compressed, and zlib at level 1 spends most of its
 * time on finding that out. So of every piece of a plane the beginning is deflated first, and where
 * that saves less than an eighth the piece is stored: half the time for one part in twenty-five
 * more bytes. Pieces know nothing of each other, and each fits deflate's window, which it then need
 * not move. Where nothing is saved at all the chunk stays as it is and its filter mask says so;
 * HDF5's own filter would let it grow.
 *
 * A chunk's bytes are a function of its values alone.
 */
#include "filter.h"

#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 32768,    /* bytes that are deflated or stored as one: deflate's window */
    PROBE = 4096,     /* of a piece */
    LONG = 4 * PROBE, /* shorter planes are deflated together and without asking */
};

/* Where the deflated chunk is written. */
typedef struct room {
    uint8_t *at, *end;
} room;

int titri_filter_shuffles(const titri_column *column)
{
    return column->size > 1 && column->kind != TITRI_TEXT;
}

/* zlib's memory comes from where all of ours does, so that a lack of it can be tried. */
static void *take_memory(void *opaque, unsigned items, unsigned size)
{
    (void)opaque;
    return calloc(items, size);
}

static void give_back(void *opaque, void *block)
{
    (void)opaque;
    free(block);
}

titr_status titri_filter_init(titri_filter *f, titr_compression compression, size_t bytes,
                              titr_error *err)
{
    *f = (titri_filter){.compression = compression,
                        .deflate = {.zalloc = take_memory, .zfree = give_back}};
    if (compression == TITR_COMPRESS_NONE) {
        return TITR_OK;
    }
    f->plane = malloc(bytes);
    /* without zlib's own header and checksum: pieces that it never sees stand in between */
    if (f->plane == NULL ||
        deflateInit2(&f->deflate, 1, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        titri_filter_fini(f);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a chunk of %zu bytes", bytes);
    }
    return TITR_OK;
}

void titri_filter_fini(titri_filter *f)
{
    (void)deflateEnd(&f->deflate); /* refuses one that was never begun */
    free(f->plane);
    *f = (titri_filter){.plane = NULL};
}

/* These answer 0 when there is no room: the chunk would not shrink. */
static int put(room *to, const void *bytes, size_t n)
{
    if ((size_t)(to->end - to->at) < n) {
        return 0;
    }
    memcpy(to->at, bytes, n);
    to->at += n;
    return 1;
}

/* As a block of its own: RFC 1951, 3.2.4. */
static int put_stored(room *to, const uint8_t *bytes, size_t n)
{
    const uint8_t low = (uint8_t)(n & 0xff);
    const uint8_t high = (uint8_t)(n >> 8);
    const uint8_t head[] = {0, low, high, (uint8_t)~low, (uint8_t)~high};
    return put(to, head, sizeof head) && put(to, bytes, n);
}

/* @param[in] flush Z_SYNC_FLUSH ends on the border of a byte. */
static int put_deflated(z_stream *z, room *to, const uint8_t *bytes, size_t n, int flush)
{
    z->next_in = bytes;
    z->avail_in = (uInt)n;
    z->next_out = to->at;
    z->avail_out = (uInt)(to->end - to->at);
    const int status = deflate(z, flush);
    to->at = z->next_out;
    return status == Z_OK && z->avail_in == 0 && z->avail_out > 0;
}

/* Deflated, or stored when the beginning tells that it should be. */
static int put_long_piece(z_stream *z, room *to, const uint8_t *bytes, size_t n)
{
    const room before = *to;
    if (!put_deflated(z, to, bytes, PROBE, Z_BLOCK)) {
        return 0;
    }
    if (to->at - before.at > PROBE - PROBE / 8) {
        *to = before;
        return put_stored(to, bytes, n);
    }
    return put_deflated(z, to, bytes + PROBE, n - PROBE, Z_SYNC_FLUSH);
}

/* Long pieces are of one plane: planes have little in common. */
static int put_planes(titri_filter *f, room *to, size_t plane, size_t n)
{
    const size_t whole = plane < LONG ? n : plane;
    for (size_t at = 0; at < n;) {
        const size_t left = whole - at % whole;
        const size_t take = left < PIECE ? left : PIECE;
        (void)deflateReset(&f->deflate);
        if (plane < LONG || take < LONG
                ? !put_deflated(&f->deflate, to, f->plane + at, take, Z_SYNC_FLUSH)
                : !put_long_piece(&f->deflate, to, f->plane + at, take)) {
            return 0;
        }
        at += take;
    }
    return 1;
}

static int put_chunk(titri_filter *f, room *to, size_t plane, size_t n)
{
    static const uint8_t head[] = {0x78, 0x01}; /* RFC 1950: deflate, window 32 kB, fastest */
    static const uint8_t last[] = {0x03, 0x00}; /* RFC 1951: an empty block, the last */
    const uint32_t sum = (uint32_t)adler32(1, f->plane, (uInt)n);
    const uint8_t tail[] = {(uint8_t)(sum >> 24), (uint8_t)(sum >> 16), (uint8_t)(sum >> 8),
                            (uint8_t)sum};
    return put(to, head, sizeof head) && put_planes(f, to, plane, n) &&
           put(to, last, sizeof last) && put(to, tail, sizeof tail);
}

static inline void take_apart(uint8_t *restrict to, const uint8_t *restrict from, size_t rows,
                              size_t size)
{
    for (size_t j = 0; j < size; j++) {
        for (size_t i = 0; i < rows; i++) {
            to[j * rows + i] = from[i * size + j];
        }
    }
}

/* HDF5's filter 2. Sizes that the compiler knows go ten times as fast. */
static void shuffle(uint8_t *to, const uint8_t *from, size_t rows, size_t size)
{
    switch (size) {
    case 2:
        take_apart(to, from, rows, 2);
        break;
    case 4:
        take_apart(to, from, rows, 4);
        break;
    case 8:
        take_apart(to, from, rows, 8);
        break;
    default:
        take_apart(to, from, rows, size);
    }
}

/* @return bytes of the chunk now. */
static size_t compress_chunk(titri_filter *f, const titri_column *column, size_t rows,
                             uint8_t *chunk, uint32_t *skipped)
{
    const size_t n = rows * column->size;
    const int shuffles = titri_filter_shuffles(column);
    if (shuffles) {
        shuffle(f->plane, chunk, rows, column->size);
    } else {
        memcpy(f->plane, chunk, n);
    }
    room to = {chunk, chunk + n};
    if (put_chunk(f, &to, shuffles ? rows : n, n)) {
        return (size_t)(to.at - chunk);
    }
    memcpy(chunk, f->plane, n);
    *skipped |= 1U << (unsigned)shuffles; /* deflate stands behind the shuffle, if there is one */
    return n;
}

size_t titri_filter_chunk(titri_filter *f, const titri_column *column, size_t rows, void *chunk,
                          uint32_t *skipped)
{
    uint8_t *bytes = chunk;
    size_t n = rows * column->size;
    *skipped = 0;
    if (f->compression == TITR_COMPRESS_GZIP) {
        n = compress_chunk(f, column, rows, bytes, skipped);
    }
    const uint32_t sum = titri_fletcher32(bytes, n);
    for (unsigned i = 0; i < TITRI_FLETCHER32_BYTES; i++) {
        bytes[n + i] = (uint8_t)(sum >> (8 * i));
    }
    return n + TITRI_FLETCHER32_BYTES;
}
