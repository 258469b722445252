// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx_graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRAPH_NODE = 1, GRAPH_INITIALIZER = 5 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_TYPE = 4, NODE_ATTRIBUTE = 5 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_I = 3, ATTRIBUTE_INTS = 8, ATTRIBUTE_TYPE = 20 };
enum { KIND_INT = 2, KIND_INTS = 7 };
enum { TENSOR_DIMS = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_RAW = 9 };
enum { VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, TENSOR_ELEMENT = 1, TENSOR_SHAPE = 2 };
enum { SHAPE_DIM = 1, DIM_VALUE = 1, DIM_NAME = 2 };

titri_onnx_value titri_onnx_named(const char *name)
{
    titri_onnx_value v;
    (void)snprintf(v.name, sizeof v.name, "%s", name);
    return v;
}

titri_onnx_value titri_onnx_fresh(titri_onnx_graph *g)
{
    titri_onnx_value v;
    (void)snprintf(v.name, sizeof v.name, "v%u", g->n++);
    return v;
}

void titri_onnx_declare(titri_onnx_graph *g, uint32_t field, const char *name, size_t cols)
{
    titri_proto *p = g->out;
    const size_t value = titri_proto_begin(p, field);
    titri_proto_text(p, VALUE_NAME, name);
    const size_t type = titri_proto_begin(p, VALUE_TYPE);
    const size_t tensor = titri_proto_begin(p, TYPE_TENSOR);
    titri_proto_int(p, TENSOR_ELEMENT, TITRI_ONNX_FLOAT);
    const size_t shape = titri_proto_begin(p, TENSOR_SHAPE);
    const size_t batch = titri_proto_begin(p, SHAPE_DIM);
    titri_proto_text(p, DIM_NAME, "batch");
    titri_proto_end(p, batch);
    const size_t columns = titri_proto_begin(p, SHAPE_DIM);
    titri_proto_int(p, DIM_VALUE, (int64_t)cols);
    titri_proto_end(p, columns);
    titri_proto_end(p, shape);
    titri_proto_end(p, tensor);
    titri_proto_end(p, type);
    titri_proto_end(p, value);
}

/* --- constants --- */

/* Raw data are the machine's bytes: little end first, as ONNX wants them. */
static titri_onnx_value constant(titri_onnx_graph *g, int type, const void *data, size_t bytes,
                                 size_t dims, const size_t *shape)
{
    const titri_onnx_value v = titri_onnx_fresh(g);
    const size_t tensor = titri_proto_begin(g->out, GRAPH_INITIALIZER);
    for (size_t i = 0; i < dims; i++) {
        titri_proto_int(g->out, TENSOR_DIMS, (int64_t)shape[i]);
    }
    titri_proto_int(g->out, TENSOR_TYPE, type);
    titri_proto_text(g->out, TENSOR_NAME, v.name);
    titri_proto_bytes(g->out, TENSOR_RAW, data, bytes);
    titri_proto_end(g->out, tensor);
    return v;
}

titri_onnx_value titri_onnx_floats(titri_onnx_graph *g, const float *data, size_t dims,
                                   const size_t *shape)
{
    size_t n = 1;
    for (size_t i = 0; i < dims; i++) {
        n *= shape[i];
    }
    return constant(g, TITRI_ONNX_FLOAT, data, n * sizeof *data, dims, shape);
}

titri_onnx_value titri_onnx_vector(titri_onnx_graph *g, const float *data, size_t n)
{
    return titri_onnx_floats(g, data, 1, &n);
}

titri_onnx_value titri_onnx_scalar(titri_onnx_graph *g, float value)
{
    return titri_onnx_floats(g, &value, 0, NULL);
}

titri_onnx_value titri_onnx_ints(titri_onnx_graph *g, const int64_t *data, size_t n)
{
    return constant(g, TITRI_ONNX_INT64, data, n * sizeof *data, 1, &n);
}

titri_onnx_value titri_onnx_int(titri_onnx_graph *g, int64_t value)
{
    return constant(g, TITRI_ONNX_INT64, &value, sizeof value, 0, NULL);
}

titri_onnx_value titri_onnx_bools(titri_onnx_graph *g, const unsigned char *data, size_t n)
{
    return constant(g, TITRI_ONNX_BOOL, data, n, 1, &n);
}

/* --- nodes --- */

static void write_attribute(titri_proto *p, const titri_onnx_attribute *a)
{
    const size_t attribute = titri_proto_begin(p, NODE_ATTRIBUTE);
    titri_proto_text(p, ATTRIBUTE_NAME, a->name);
    if (a->ints == NULL) {
        titri_proto_int(p, ATTRIBUTE_I, a->i);
    }
    for (size_t k = 0; a->ints != NULL && k < a->n; k++) {
        titri_proto_int(p, ATTRIBUTE_INTS, a->ints[k]);
    }
    titri_proto_int(p, ATTRIBUTE_TYPE, a->ints == NULL ? KIND_INT : KIND_INTS);
    titri_proto_end(p, attribute);
}

void titri_onnx_add(titri_onnx_graph *g, const titri_onnx_node *node, const titri_onnx_value *out,
                    size_t n_out)
{
    char name[48];
    const size_t message = titri_proto_begin(g->out, GRAPH_NODE);
    for (size_t i = 0; i < node->n_in; i++) {
        titri_proto_text(g->out, NODE_INPUT, node->in[i].name);
    }
    for (size_t i = 0; i < n_out; i++) {
        titri_proto_text(g->out, NODE_OUTPUT, out[i].name);
    }
    (void)snprintf(name, sizeof name, "%s_%s", node->type, out[n_out - 1].name);
    titri_proto_text(g->out, NODE_NAME, name);
    titri_proto_text(g->out, NODE_TYPE, node->type);
    for (size_t i = 0; i < node->n_attributes; i++) {
        write_attribute(g->out, &node->attribute[i]);
    }
    titri_proto_end(g->out, message);
}

titri_onnx_value titri_onnx_op(titri_onnx_graph *g, const titri_onnx_node *node)
{
    const titri_onnx_value out = titri_onnx_fresh(g);
    titri_onnx_add(g, node, &out, 1);
    return out;
}

titri_onnx_value titri_onnx_op1(titri_onnx_graph *g, const char *type, titri_onnx_value a)
{
    return titri_onnx_op(g, &(titri_onnx_node){.type = type, .in = &a, .n_in = 1});
}

titri_onnx_value titri_onnx_op2(titri_onnx_graph *g, const char *type, titri_onnx_value a,
                                titri_onnx_value b)
{
    const titri_onnx_value in[2] = {a, b};
    return titri_onnx_op(g, &(titri_onnx_node){.type = type, .in = in, .n_in = 2});
}
