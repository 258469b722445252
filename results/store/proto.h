// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file proto.h
 * @brief Protocol Buffers' wire format, as far as it takes to write event files and ONNX models.
 *
 * Fields are written in the order of the calls; messages nest between begin and end. Lack of memory
 * is remembered and told by titri_proto_status, so that fields need no checks.
 */
#ifndef TITRI_STORE_PROTO_H
#define TITRI_STORE_PROTO_H

#include "titrate/base/status.h"

#include <stddef.h>
#include <stdint.h>

/** A message being written. Start from {0}. */
typedef struct titri_proto {
    unsigned char *bytes; /* owned */
    size_t n, capacity;   /* written and reserved */
    int failed;           /* 1 = there was no memory: bytes are incomplete */
} titri_proto;

void titri_proto_fini(titri_proto *p);
/** Forget what was written, keep the memory. */
void titri_proto_clear(titri_proto *p);
titr_status titri_proto_status(const titri_proto *p, titr_error *err) TITR_NODISCARD;

/** Integers and enums; negative ones as two's complement of 64 bits. */
void titri_proto_int(titri_proto *p, uint32_t field, int64_t value);
void titri_proto_float(titri_proto *p, uint32_t field, float value);
void titri_proto_double(titri_proto *p, uint32_t field, double value);
void titri_proto_bytes(titri_proto *p, uint32_t field, const void *bytes, size_t n);
void titri_proto_text(titri_proto *p, uint32_t field, const char *text);
/** Begin a nested message. @return what end needs. */
size_t titri_proto_begin(titri_proto *p, uint32_t field);
void titri_proto_end(titri_proto *p, size_t begin);

#endif
