// SPDX-License-Identifier: GPL-3.0-or-later
/* The whole reference folder when it is there; and that the comparison cannot pass by accident. */
#include "support/glucose_reference.h"
#include "support/temp_file.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Test(glucose_reference, every_case_is_within_its_bounds, .timeout = 120)
{
    static const char folder[] = TITR_REFERENCE_DIR "/glucose";
    reference_result r;
    if (!reference_compare(folder, REFERENCE_RTOL, stderr, &r)) {
        cr_skip_test("no reference folder: %s", folder);
    }
    cr_assert(reference_holds(&r), "compared %zu, ok %zu, failed %zu, worst %g (%s)", r.compared,
              r.ok, r.failed, r.worst, r.worst_file);
    cr_assert_gt(r.compared, 40);
    cr_assert_lt(r.worst, 1.0);
}

static char folder[] = "/tmp/titrate_reference_XXXXXX";
static const char file[] = "child_001_a.csv";

static void put(const char *bytes)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    cr_assert_geq(fputs(bytes, f), 0);
    cr_assert_eq(fclose(f), 0);
}

#define HEADER                                                                                     \
    "t,x1,x2,x3,x4,x5,x6,x7,x8,x9,x10,x11,x12,x13,BG_mgdl,CHO_announced_g,insulin_U_per_min\n"
#define STATE                                                                                      \
    ",0,0,0,271.031853002,137.60135923,7.39593844866,0,110.3648078,110.3648078,1.45378246253,"     \
    "66.4071837276,35.7997574828,271.031853002,"

/* Two minutes at basal, as in the reference; then the same with one figure off. */
Test(glucose_reference, a_wrong_figure_fails_and_an_empty_folder_too)
{
    reference_result r;
    cr_assert_not_null(mkdtemp(folder));
    cr_assert(reference_compare(folder, REFERENCE_RTOL, NULL, &r));
    cr_assert(!reference_holds(&r) && r.n_files == 0);
    put(HEADER "0" STATE "141.2046604,0,0.00657842276\n1" STATE "141.2046604,,\n");
    cr_assert(reference_compare(folder, REFERENCE_RTOL, NULL, &r));
    cr_assert(reference_holds(&r) && r.compared == 1, "worst %g", r.worst);
    put(HEADER "0" STATE "141.2046604,0,0.00657842276\n1" STATE "141.2048,,\n");
    cr_assert(reference_compare(folder, REFERENCE_RTOL, NULL, &r));
    cr_assert(!reference_holds(&r) && r.compared == 1 && r.ok == 0);
    cr_assert_float_eq(r.worst, 1.396, 0.01);
    put(HEADER "0" STATE "141.2046604,0,0.00657842276\n1" STATE "nan,,\n");
    cr_assert(reference_compare(folder, REFERENCE_RTOL, NULL, &r));
    cr_assert(!reference_holds(&r) && r.failed == 1);
    put(HEADER "0" STATE "141.2046604,0,0.00657842276\n2" STATE "141.2046604,,\n");
    cr_assert(reference_compare(folder, REFERENCE_RTOL, NULL, &r));
    cr_assert(!reference_holds(&r) && r.failed == 1);
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(rmdir(folder), 0);
    cr_assert(!reference_compare(folder, REFERENCE_RTOL, NULL, &r));
}
