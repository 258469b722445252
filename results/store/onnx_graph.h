// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file onnx_graph.h
 * @brief Nodes, constants and declared values of an ONNX graph, written as they are made.
 *
 * Every value has a name: those of constants and results are numbered. Field numbers are those of
 * ONNX's onnx.proto.
 */
#ifndef TITRI_STORE_ONNX_GRAPH_H
#define TITRI_STORE_ONNX_GRAPH_H

#include "proto.h"

/** Name of a value. */
typedef struct titri_onnx_value {
    char name[24];
} titri_onnx_value;

/** Element types of ONNX. */
enum { TITRI_ONNX_FLOAT = 1, TITRI_ONNX_INT64 = 7, TITRI_ONNX_BOOL = 9 };

/** A graph being written. */
typedef struct titri_onnx_graph {
    titri_proto *out; /* borrowed: where the graph's message stands open */
    unsigned n;       /* values so far */
} titri_onnx_graph;

/** An integer attribute, or with `ints` a list of them. */
typedef struct titri_onnx_attribute {
    const char *name;
    int64_t i;
    const int64_t *ints; /* NULL: the attribute is i */
    size_t n;
} titri_onnx_attribute;

/** A node's operator, inputs (an empty name: left out) and attributes. */
typedef struct titri_onnx_node {
    const char *type;
    const titri_onnx_value *in;
    size_t n_in;
    const titri_onnx_attribute *attribute;
    size_t n_attributes;
} titri_onnx_node;

/** A value of the given name. */
titri_onnx_value titri_onnx_named(const char *name);
/** Declare an input (field 11) or output (field 12) of the graph: float [batch, cols]. */
void titri_onnx_declare(titri_onnx_graph *g, uint32_t field, const char *name, size_t cols);
enum { TITRI_ONNX_INPUT = 11, TITRI_ONNX_OUTPUT = 12 };

/** Constants; shape of `dims` sizes. */
titri_onnx_value titri_onnx_floats(titri_onnx_graph *g, const float *data, size_t dims,
                                   const size_t *shape);
titri_onnx_value titri_onnx_vector(titri_onnx_graph *g, const float *data, size_t n);
titri_onnx_value titri_onnx_scalar(titri_onnx_graph *g, float value);
titri_onnx_value titri_onnx_ints(titri_onnx_graph *g, const int64_t *data, size_t n);
titri_onnx_value titri_onnx_int(titri_onnx_graph *g, int64_t value);
titri_onnx_value titri_onnx_bools(titri_onnx_graph *g, const unsigned char *data, size_t n);

/** A node with outputs of the caller's names. */
void titri_onnx_add(titri_onnx_graph *g, const titri_onnx_node *node, const titri_onnx_value *out,
                    size_t n_out);
/** A node with one output. @return it. */
titri_onnx_value titri_onnx_op(titri_onnx_graph *g, const titri_onnx_node *node);
/** The same for one or two inputs without attributes. */
titri_onnx_value titri_onnx_op1(titri_onnx_graph *g, const char *type, titri_onnx_value a);
titri_onnx_value titri_onnx_op2(titri_onnx_graph *g, const char *type, titri_onnx_value a,
                                titri_onnx_value b);
/** A new name. */
titri_onnx_value titri_onnx_fresh(titri_onnx_graph *g);

#endif
