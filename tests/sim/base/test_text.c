// SPDX-License-Identifier: GPL-3.0-or-later
/* Growing text, shortest round-trip numbers, JSON (RFC 8259), UTF-8 (RFC 3629). */
#include "titrate/base/text.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Test(text, grows_and_is_taken)
{
    titr_text text = {0};
    for (int i = 0; i < 1000; i++) {
        titr_text_printf(&text, "%d,", i % 10);
    }
    char *s = NULL;
    cr_assert_eq(titr_text_take(&text, &s, NULL), TITR_OK);
    cr_assert_eq(strlen(s), 2000);
    cr_assert_null(text.s);
    free(s);
    cr_assert_eq(titr_text_take(&text, &s, NULL), TITR_OK);
    cr_assert_str_eq(s, "");
    free(s);
}

Test(text, lack_of_memory_is_reported_once)
{
    titr_text text = {.failed = 1};
    titr_error err;
    char *s = NULL;
    titr_text_add(&text, "x", 1);
    cr_assert_eq(titr_text_take(&text, &s, &err), TITR_ERR_NOMEM);
    cr_assert_null(s);
}

Test(text, numbers_are_short_and_read_back)
{
    static const struct {
        double value;
        const char *shown;
    } c[] = {{0.1, "0.1"},
             {1.0 / 3.0, "0.3333333333333333"},
             {0.1 + 0.2, "0.30000000000000004"},
             {1e-8, "1e-08"},
             {600.0, "600"},
             {1.7976931348623157e308, "1.7976931348623157e+308"},
             {-0.0, "-0"}};
    char text[32];
    for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
        titr_format_real(c[i].value, text);
        cr_assert_str_eq(text, c[i].shown);
        cr_assert_eq(strtod(text, NULL), c[i].value);
    }
    titr_format_real((double)NAN, text);
    cr_assert_str_eq(text, "nan");
}

Test(text, json_is_what_rfc_8259_says)
{
    titr_json json = {0};
    titr_json_open(&json, NULL, '{');
    titr_json_text(&json, "a\"b", "x\\y\n\t\xff\xc3\xa9");
    titr_json_real(&json, "r", 0.1);
    titr_json_real(&json, "n", (double)NAN);
    titr_json_int(&json, "i", INT64_MIN);
    titr_json_bool(&json, "t", 1);
    titr_json_text(&json, "null", NULL);
    titr_json_open(&json, "list", '[');
    titr_json_int(&json, NULL, 1);
    titr_json_int(&json, NULL, 2);
    titr_json_close(&json, ']');
    titr_json_open(&json, "empty", '{');
    titr_json_close(&json, '}');
    titr_json_close(&json, '}');
    cr_assert_str_eq(json.text.s,
                     "{\"a\\\"b\": \"x\\\\y\\u000a\\u0009\\uFFFD\xc3\xa9\", \"r\": 0.1, "
                     "\"n\": null, \"i\": -9223372036854775808, \"t\": true, \"null\": null, "
                     "\"list\": [1,2], \"empty\": {}}");
    titr_text_fini(&json.text);
}

Test(text, json_indents)
{
    titr_json json = {.indent = 2};
    titr_json_open(&json, NULL, '{');
    titr_json_open(&json, "a", '[');
    titr_json_int(&json, NULL, 1);
    titr_json_close(&json, ']');
    titr_json_close(&json, '}');
    cr_assert_str_eq(json.text.s, "{\n  \"a\": [\n    1\n  ]\n}");
    titr_text_fini(&json.text);
}

Test(text, utf8_limits)
{
    static const struct {
        const char *s;
        size_t length;
    } c[] = {{"a", 1},
             {"\xc3\xa9", 2},
             {"\xe2\x82\xac", 3},
             {"\xf0\x9f\x98\x80", 4},
             {"\x80", 0},
             {"\xc0\x80", 0},
             {"\xe0\x80\x80", 0},
             {"\xed\xa0\x80", 0},
             {"\xf4\x90\x80\x80", 0},
             {"\xc3", 0},
             {"", 0}};
    for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
        cr_assert_eq(titr_utf8_length(c[i].s, strlen(c[i].s)), c[i].length, "case %zu", i);
    }
}
