// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_STORE_ONNX_NETWORK_H
#define TITRI_STORE_ONNX_NETWORK_H

#include "onnx_graph.h"

#include "titrate/agents/network_view.h"

/* Nodes from "observation" (and "state") to "q" (and "next_state"). */
titr_status titri_onnx_network(titri_onnx_graph *g, const titr_network_view *view,
                               titr_error *err) TITR_NODISCARD;

#endif
