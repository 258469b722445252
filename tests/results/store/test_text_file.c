// SPDX-License-Identifier: GPL-3.0-or-later
/* A text file is whole or not there. */
#include "titrate/store/text_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Test(text_file, is_replaced_whole)
{
    char folder[] = "/tmp/titrate_text_XXXXXX", path[64], tmp[80], got[16] = "";
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/page.html", folder);
    (void)snprintf(tmp, sizeof tmp, "%s.tmp", path);
    cr_assert_eq(titr_text_file_write(path, "old", 3, NULL), TITR_OK);
    cr_assert_eq(titr_text_file_write(path, "new", 3, NULL), TITR_OK);
    FILE *f = fopen(path, "r");
    cr_assert_eq(fread(got, 1, sizeof got - 1, f), 3);
    (void)fclose(f);
    cr_assert_str_eq(got, "new");
    cr_assert_neq(access(tmp, F_OK), 0);
    cr_assert_eq(remove(path), 0);
    cr_assert_eq(rmdir(folder), 0);
}

Test(text_file, says_why_it_cannot)
{
    titr_error err = {0};
    cr_assert_eq(titr_text_file_write("/nonexistent/page.html", "x", 1, &err), TITR_ERR_IO);
    cr_assert_not_null(strstr(err.what, "/nonexistent"), "%s", err.what);
    if (access("/dev/full", W_OK) == 0) { /* a full disk: NAME.tmp is a link that is refused */
        cr_assert_eq(titr_text_file_write("/dev/full", "x", 1, &err), TITR_ERR_IO);
    }
}
