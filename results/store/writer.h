// SPDX-License-Identifier: GPL-3.0-or-later
/* A run's file while it is written. */
#ifndef TITRI_STORE_WRITER_H
#define TITRI_STORE_WRITER_H

#include "panel_out.h"

struct titr_writer {
    titri_output out;
    const titri_layout *layout;
    titri_filters filters;
    titri_table episodes, steps, minutes, doses; /* out NULL: not recorded, or none */
    titri_panel_out panel[TITR_N_PANELS];
    int has_manifest;
    int failed; /* a write went wrong: nothing but abort is left */
};

#endif
