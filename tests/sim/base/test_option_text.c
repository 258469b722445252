// SPDX-License-Identifier: GPL-3.0-or-later
/* Options in words. */
#include "titrate/base/option.h"

#include <criterion/criterion.h>
#include <math.h>

static const char *const choices[] = {"none", "gzip", NULL};

static const struct {
    titr_option option;
    const char *expected, *preset;
} cases[] = {
    {{.kind = TITR_OPTION_REAL, .unit = "mg/dL", .init = 70.0, .lo = 40.0, .hi = 600.0},
     "a number in mg/dL from 40 to 600",
     "70"},
    {{.kind = TITR_OPTION_REAL,
      .unit = "1",
      .init = (double)NAN,
      .lo = 0.0,
      .hi = (double)INFINITY},
     "a number, at least 0, or \"auto\"",
     "\"auto\""},
    {{.kind = TITR_OPTION_REAL, .unit = "h", .lo = (double)-INFINITY, .hi = 1.5},
     "a number in h, at most 1.5",
     "0"},
    {{.kind = TITR_OPTION_INT, .unit = "1", .init = 3, .lo = 1, .hi = 4294967295.0},
     "a whole number from 1 to 4294967295",
     "3"},
    {{.kind = TITR_OPTION_FLAG, .init = 1}, "true or false", "true"},
    {{.kind = TITR_OPTION_CHOICE, .choices = choices, .init = 1},
     "one of \"none\", \"gzip\"",
     "\"gzip\""},
    {{.kind = TITR_OPTION_TEXT}, "a text", "\"\""},
    {{.kind = TITR_OPTION_TEXT, .required = 1}, "a text", ""},
    {{.kind = TITR_OPTION_REALS, .unit = "U/h", .lo = 0.0, .hi = 5.0, .text = "0, 0.5, 1"},
     "a list of numbers in U/h, at most 64, each from 0 to 5",
     "[0.0, 0.5, 1.0]"},
    {{.kind = TITR_OPTION_REALS, .unit = "1", .hi = 1.0, .text = "0, 1"},
     "a list of numbers, at most 64, each from 0 to 1",
     "[0, 1]"},
};

Test(option_text, says_what_is_expected_and_the_default)
{
    char text[TITR_TEXT_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        titr_option_expected(&cases[i].option, text, sizeof text);
        cr_assert_str_eq(text, cases[i].expected);
        titr_option_default_text(&cases[i].option, text, sizeof text);
        cr_assert_str_eq(text, cases[i].preset);
    }
}

Test(option_text, cuts_off_what_does_not_fit)
{
    char text[8];
    titr_option_expected(&cases[0].option, text, sizeof text);
    cr_assert_str_eq(text, "a numbe");
}
