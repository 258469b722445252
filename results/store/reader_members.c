// SPDX-License-Identifier: GPL-3.0-or-later
/* What a run's groups hold. */
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int titr_reader_has(titr_reader *r, const char *path)
{
    return titri_h5_has(r->file, path);
}

typedef struct listing {
    int datasets_only;
    void (*found)(void *ctx, const char *name);
    void *ctx;
} listing;

static herr_t list_one(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    const listing *l = data;
    if (l->datasets_only) {
        const hid_t object =
            info->type == H5L_TYPE_HARD ? H5Oopen(group, name, H5P_DEFAULT) : H5I_INVALID_HID;
        const H5I_type_t kind = object < 0 ? H5I_BADID : H5Iget_type(object);
        titri_h5_close(object);
        if (kind != H5I_DATASET) {
            return 0;
        }
    }
    l->found(l->ctx, name);
    return 0;
}

static titr_status list(titr_reader *r, const char *group, listing *l, titr_error *err)
{
    if (!titri_h5_has(r->file, group)) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "%s has no /%s", r->path, group);
    }
    const hid_t opened = H5Gopen2(r->file, group, H5P_DEFAULT);
    const hid_t properties = opened < 0 ? -1 : H5Gget_create_plist(opened);
    unsigned order = 0;
    herr_t done = properties < 0 ? -1 : H5Pget_link_creation_order(properties, &order);
    const H5_index_t by = l->datasets_only && (order & H5P_CRT_ORDER_INDEXED) != 0
                              ? H5_INDEX_CRT_ORDER
                              : H5_INDEX_NAME;
    titr_status status = TITR_OK;
    done = done < 0 ? done : H5Literate(opened, by, H5_ITER_INC, NULL, list_one, l);
    if (done < 0) {
        status = TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s: /%s is damaged", r->path, group);
    }
    titri_h5_close(properties);
    titri_h5_close(opened);
    return status;
}

titr_status titr_reader_list(titr_reader *r, const char *group,
                             void (*found)(void *ctx, const char *name), void *ctx, titr_error *err)
{
    listing l = {0, found, ctx};
    return list(r, group, &l, err);
}

titr_status titri_reader_columns(titr_reader *r, const char *group,
                                 void (*found)(void *ctx, const char *name), void *ctx,
                                 titr_error *err)
{
    listing l = {1, found, ctx};
    return list(r, group, &l, err);
}

/* --- tables --- */

typedef struct names {
    char (*name)[TITRI_PATH_MAX]; /* owned */
    size_t n;
    titr_status status;
} names;

static herr_t add_group(hid_t root, const char *name, const H5L_info_t *info, void *data)
{
    names *all = data;
    const hid_t object =
        info->type == H5L_TYPE_HARD ? H5Oopen(root, name, H5P_DEFAULT) : H5I_INVALID_HID;
    const H5I_type_t kind = object < 0 ? H5I_BADID : H5Iget_type(object);
    titri_h5_close(object);
    if (kind != H5I_GROUP || strlen(name) >= TITRI_PATH_MAX) {
        return 0;
    }
    char(*more)[TITRI_PATH_MAX] = realloc(all->name, (all->n + 1) * sizeof *more);
    if (more == NULL) {
        all->status = TITR_ERR_NOMEM;
        return 1;
    }
    all->name = more;
    (void)snprintf(more[all->n], sizeof more[0], "%s", name);
    all->n++;
    return 0;
}

static void count_one(void *ctx, const char *name)
{
    (void)name;
    ++*(size_t *)ctx;
}

titr_status titri_reader_tables(titr_reader *r, void (*found)(void *ctx, const char *name),
                                void *ctx, titr_error *err)
{
    names all = {.status = TITR_OK};
    titr_status status = TITR_OK;
    if (H5Lvisit(r->file, H5_INDEX_NAME, H5_ITER_INC, add_group, &all) < 0) {
        status = TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s is damaged", r->path);
    } else if (all.status != TITR_OK) {
        status = titr_fail(err, all.status, "%s: no memory for %zu groups", r->path, all.n);
    }
    for (size_t i = 0; i < all.n && status == TITR_OK; i++) {
        size_t columns = 0;
        status = titri_reader_columns(r, all.name[i], count_one, &columns, err);
        if (status == TITR_OK && columns > 0) {
            found(ctx, all.name[i]);
        }
    }
    free(all.name);
    return status;
}
