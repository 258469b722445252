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

static void put_in(const char *name, const char *bytes)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    cr_assert_geq(fputs(bytes, f), 0);
    cr_assert_eq(fclose(f), 0);
}

static void put(const char *bytes)
{
    put_in(file, bytes);
}

static void take_away(const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(unlink(path), 0);
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
    take_away(file);
    cr_assert_eq(rmdir(folder), 0);
    cr_assert(!reference_compare(folder, REFERENCE_RTOL, NULL, &r));
}

#undef HEADER
#undef STATE
#define HEADER "t,D1,D2,S1,S2,Q1,Q2,I,x1,x2,x3,C,G_mmolL,u_mU_min,D_mmol_min\n"
/* at rest, 35 kg; Q2, for which a figure may be put in */
#define STATE(q2)                                                                                  \
    ",0,0,174.992632167,174.992632167,33.6," q2                                                    \
    ",5.48944827677,0.0281059751771,0.00450134758695,0.285451310392,6,6,"
#define REST STATE("13.3949321293")

static reference_result compare_hovorka(const char *name, const char *bytes)
{
    reference_result r;
    put_in(name, bytes);
    cr_assert(reference_compare(folder, REFERENCE_RTOL, NULL, &r));
    take_away(name);
    return r;
}

/* Weight by name or manifest; the manifest's P, here with half the volume of glucose. */
Test(glucose_reference, the_other_body_is_compared_by_name_and_by_manifest)
{
    static const char named[] = "hovorka2004_BW35_basal.csv", bare[] = "hovorka2004_rest.csv";
    static const char good[] = HEADER "0" REST "3.18168422122,0\n1" REST ",\n";
    static const char listed[] = "{\"hovorka2004_files\": {\"files\": [{\"file\": "
                                 "\"hovorka2004_rest.csv\", \"BW\": 35%s}]}}";
    static const char p[] = ", \"P\": [40, 55, 0.8, 0.066, 0.006, 3.072e-5, 0.06, 4.92e-5, 0.03, "
                            "0.00156, 0.138, 4.2, %s, 0.3395, 0.5635]";
    char manifest[512], volume[256];
    cr_assert_not_null(mkdtemp(folder));
    reference_result r = compare_hovorka(named, good);
    cr_assert(reference_holds(&r) && r.compared == 1, "worst %g", r.worst);
    r = compare_hovorka(named, HEADER "0" REST "3.18168422122,0\n1" STATE("13.395") ",\n");
    cr_assert(!reference_holds(&r) && r.compared == 1 && r.ok == 0);
    r = compare_hovorka(named, "t,D1\n0,0\n");
    cr_assert(!reference_holds(&r) && r.failed == 1);
    r = compare_hovorka(bare, good);
    cr_assert(!reference_holds(&r) && r.failed == 1, "no weight");
    for (int k = 0; k < 4; k++) {
        static const char *const vg[] = {"", "5.6", "2.8", "5.6, 14"};
        (void)snprintf(volume, sizeof volume, p, vg[k]);
        (void)snprintf(manifest, sizeof manifest, listed, k == 0 ? "" : volume);
        put_in("manifest.json", manifest);
        r = compare_hovorka(bare, good);
        cr_assert_eq(reference_holds(&r), k < 2, "%s", manifest);
        cr_assert_eq(r.compared, k < 3);
        cr_assert_eq(r.failed, k == 3, "P of 16 figures");
    }
    take_away("manifest.json");
    cr_assert_eq(rmdir(folder), 0);
}
