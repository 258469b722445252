// SPDX-License-Identifier: GPL-3.0-or-later
/* Wire format against the examples of the Protocol Buffers encoding guide. */
#include "store/proto.h"

#include "support/allocations.h"

#include <criterion/criterion.h>
#include <string.h>

static void check(titri_proto *p, const char *bytes, size_t n)
{
    cr_assert_eq(titri_proto_status(p, NULL), TITR_OK);
    cr_assert_eq(p->n, n);
    cr_assert_arr_eq(p->bytes, bytes, n);
    titri_proto_clear(p);
}

Test(proto, fields_of_every_wire_type)
{
    titri_proto p = {0};
    titri_proto_int(&p, 1, 150);
    check(&p, "\x08\x96\x01", 3);
    titri_proto_text(&p, 2, "testing");
    check(&p, "\x12\x07testing", 9);
    titri_proto_int(&p, 1, -2);
    check(&p, "\x08\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11);
    titri_proto_float(&p, 3, 1.5F);
    check(&p, "\x1D\x00\x00\xC0\x3F", 5);
    titri_proto_double(&p, 3, -2.0);
    check(&p, "\x19\x00\x00\x00\x00\x00\x00\x00\xC0", 9);
    titri_proto_bytes(&p, 16, NULL, 0);
    check(&p, "\x82\x01\x00", 3);
    titri_proto_fini(&p);
}

Test(proto, messages_nest)
{
    titri_proto p = {0};
    const size_t outer = titri_proto_begin(&p, 3);
    titri_proto_int(&p, 1, 150);
    const size_t inner = titri_proto_begin(&p, 1);
    titri_proto_end(&p, inner);
    titri_proto_end(&p, outer);
    check(&p, "\x1A\x05\x08\x96\x01\x0A\x00", 7);
    char text[301] = "";
    memset(text, 'a', 300);
    const size_t large = titri_proto_begin(&p, 1);
    titri_proto_text(&p, 1, text);
    titri_proto_end(&p, large);
    cr_assert_eq(p.n, 3 + 3 + 300);
    cr_assert_arr_eq(p.bytes,
                     "\x0A\xAF\x02\x0A\xAC\x02"
                     "aaa",
                     9, "lengths of two bytes");
    titri_proto_fini(&p);
}

static titr_status attempt(void *context, titr_error *err)
{
    (void)context;
    titri_proto p = {0};
    const size_t begin = titri_proto_begin(&p, 3);
    for (int i = 0; i < 200; i++) {
        titri_proto_int(&p, 1, 150);
    }
    titri_proto_end(&p, begin);
    const titr_status status = titri_proto_status(&p, err);
    titri_proto_fini(&p);
    return status;
}

Test(proto, lack_of_memory_is_told)
{
    cr_assert_gt(allocations_fail_each(attempt, NULL, 1), 2);
}
