// SPDX-License-Identifier: GPL-3.0-or-later
/* The model around the graph, and what it tells about itself. */
#include "titrate/store/onnx.h"

#include "onnx_network.h"

#include "titrate/store/text_file.h"

#include <stdio.h>

#define IR_VERSION 8
#define OPSET 13

enum {
    MODEL_IR_VERSION = 1,
    MODEL_PRODUCER = 2,
    MODEL_PRODUCER_VERSION = 3,
    MODEL_DOC = 6,
    MODEL_GRAPH = 7,
    MODEL_OPSET = 8,
    MODEL_METADATA = 14
};
enum { OPSET_VERSION = 2, PROPERTY_KEY = 1, PROPERTY_VALUE = 2, GRAPH_NAME = 2 };

const char titr_onnx_notice[] = "SIMULATED - for research and education, not a medical device";

static void property(titri_proto *p, const char *key, const char *text)
{
    const size_t entry = titri_proto_begin(p, MODEL_METADATA);
    titri_proto_text(p, PROPERTY_KEY, key);
    titri_proto_text(p, PROPERTY_VALUE, text);
    titri_proto_end(p, entry);
}

static void count_property(titri_proto *p, const char *key, size_t n)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%zu", n);
    property(p, key, text);
}

static void write_about(titri_proto *p, const titr_onnx_about *about, size_t n_obs, size_t n_levels)
{
    char key[48];
    property(p, "title", about->title);
    property(p, "policy", about->policy);
    property(p, "agent", about->agent);
    property(p, "titrate_version", about->version);
    property(p, "notice", titr_onnx_notice);
    count_property(p, "n_observables", n_obs);
    count_property(p, "n_levels", n_levels);
    for (size_t k = 0; k < n_obs; k++) {
        (void)snprintf(key, sizeof key, "observable_%zu", k);
        property(p, key, about->observable[k]);
        (void)snprintf(key, sizeof key, "observable_%zu_unit", k);
        property(p, key, about->unit[k]);
    }
    for (size_t a = 0; a < n_levels; a++) {
        (void)snprintf(key, sizeof key, "level_%zu", a);
        property(p, key, about->level[a]);
    }
}

static titr_status write_graph(titri_proto *p, const titr_network_view *view, titr_error *err)
{
    const titr_net_spec *spec = titr_net_get_spec(view->net);
    const size_t graph = titri_proto_begin(p, MODEL_GRAPH);
    titri_onnx_graph g = {.out = p};
    titri_proto_text(p, GRAPH_NAME, "policy");
    TITR_TRY(titri_onnx_network(&g, view, err));
    titri_onnx_declare(&g, TITRI_ONNX_INPUT, "observation", view->n_obs);
    titri_onnx_declare(&g, TITRI_ONNX_OUTPUT, "q", spec->n_out);
    if (spec->gru > 0) {
        titri_onnx_declare(&g, TITRI_ONNX_INPUT, "state", spec->gru);
        titri_onnx_declare(&g, TITRI_ONNX_OUTPUT, "next_state", spec->gru);
    }
    titri_proto_end(p, graph);
    return TITR_OK;
}

static titr_status write_model(titri_proto *p, const titr_network_view *view,
                               const titr_onnx_about *about, titr_error *err)
{
    titri_proto_int(p, MODEL_IR_VERSION, IR_VERSION);
    titri_proto_text(p, MODEL_PRODUCER, "titrate");
    titri_proto_text(p, MODEL_PRODUCER_VERSION, about->version);
    titri_proto_text(p, MODEL_DOC, titr_onnx_notice);
    const size_t opset = titri_proto_begin(p, MODEL_OPSET);
    titri_proto_int(p, OPSET_VERSION, OPSET);
    titri_proto_end(p, opset);
    TITR_TRY(write_graph(p, view, err));
    write_about(p, about, view->n_obs, titr_net_get_spec(view->net)->n_out);
    return titri_proto_status(p, err);
}

titr_status titr_onnx_write(const titr_network_view *view, const titr_onnx_about *about,
                            const char *path, titr_error *err)
{
    titri_proto model = {0};
    titr_status status = write_model(&model, view, about, err);
    if (status == TITR_OK) {
        status = titr_text_file_write(path, (const char *)model.bytes, model.n, err);
    }
    titri_proto_fini(&model);
    return status;
}
