// SPDX-License-Identifier: GPL-3.0-or-later
/* A replay memory saved at any moment goes on as if nothing had happened. */
#include "agents/replay/model.h"

#include "titrate/base/visit_memory.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 32

typedef struct drawn {
    float obs[DRAWS * MODEL_OBS], reward[DRAWS], discount[DRAWS], weight[DRAWS];
    uint64_t mask[DRAWS], id[DRAWS];
} drawn;

static titr_replay *create(const titr_replay_spec *spec)
{
    titr_replay *replay = NULL;
    titr_error err;
    cr_assert_eq(titr_replay_create(spec, &replay, &err), TITR_OK, "%s", err.what);
    return replay;
}

/* A gradient step: draw, and new priorities. */
static drawn use(titr_replay *replay, uint64_t count)
{
    drawn d;
    memset(&d, 0, sizeof d);
    double priority[DRAWS];
    const titr_replay_draw draw = {{8, TITR_PURPOSE_TEST, 0, 0}, count, 0.6};
    const titr_replay_batch batch = {.n = DRAWS,
                                     .obs = d.obs,
                                     .reward = d.reward,
                                     .discount = d.discount,
                                     .weight = d.weight,
                                     .next_mask = d.mask,
                                     .id = d.id};
    titr_error err;
    if (titr_replay_ready(replay) > 0) {
        cr_assert_eq(titr_replay_sample(replay, &draw, &batch, &err), TITR_OK, "%s", err.what);
        for (size_t j = 0; j < DRAWS; j++) {
            priority[j] = 0.1 + (double)((d.id[j] * 7 + count) % 13);
        }
        cr_assert_eq(titr_replay_prioritise(replay, DRAWS, d.id, priority, &err), TITR_OK);
    }
    return d;
}

static titr_replay *copy(titr_replay *replay, const titr_replay_spec *spec)
{
    titr_replay *other = create(spec);
    titr_memory_visitor memory;
    titr_error err;
    titr_memory_visitor_init(&memory);
    cr_assert_eq(titr_replay_visit(replay, &memory.base, &err), TITR_OK, "%s", err.what);
    titr_memory_visitor_load(&memory);
    cr_assert_eq(titr_replay_visit(other, &memory.base, &err), TITR_OK, "%s", err.what);
    titr_memory_visitor_fini(&memory);
    return other;
}

/* Twice the same pushes and draws, once with a change of memory in between. */
static void go_on(titr_replay_spec spec, size_t moment)
{
    model a, b;
    titr_replay *kept = create(&spec), *changed = create(&spec);
    model_init(&a, spec, 21);
    model_init(&b, spec, 21);
    for (size_t i = 0; i < moment + 60; i++) {
        model_push(&a, kept);
        model_push(&b, changed);
        const drawn want = use(kept, i), got = use(changed, i);
        cr_assert_eq(memcmp(&want, &got, sizeof want), 0, "moment %zu, draw %zu", moment, i);
        cr_assert_eq(titr_replay_ready(kept), titr_replay_ready(changed));
        if (i == moment) {
            titr_replay *other = copy(changed, &spec);
            titr_replay_destroy(changed);
            changed = other;
        }
    }
    model_fini(&a);
    model_fini(&b);
    titr_replay_destroy(kept);
    titr_replay_destroy(changed);
}

Test(replay_visit, goes_on_to_the_bit_from_any_moment)
{
    static const size_t moments[] = {0, 1, 2, 5, 11, 19, 20, 21, 37, 64, 90};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        go_on(model_spec(20, 1, 3, 0.6), moments[i]);
        go_on(model_spec(100, 5, 1, 0.0), moments[i]);
        go_on(model_spec(100, 5, 3, 0.6), moments[i]);
    }
}

/* --- what does not fit together is refused --- */

/* A visitor that changes one byte of one value on its way in. */
typedef struct damage {
    titr_memory_visitor memory;
    titr_status (*load)(titr_visitor *v, const char *name, titr_dtype dtype, size_t dims,
                        const size_t *shape, void *data, titr_error *err);
    const char *name;
    size_t byte;
    unsigned char to;
} damage;

static titr_status load_damaged(titr_visitor *v, const char *name, titr_dtype dtype, size_t dims,
                                const size_t *shape, void *data, titr_error *err)
{
    const damage *d = (const damage *)v;
    TITR_TRY(d->load(v, name, dtype, dims, shape, data, err));
    if (strcmp(name, d->name) == 0) {
        ((unsigned char *)data)[d->byte] = d->to;
    }
    return TITR_OK;
}

static titr_status load_with(titr_replay *from, const titr_replay_spec *spec, const char *name,
                             size_t byte, unsigned char to)
{
    titr_replay *other = create(spec);
    damage d = {.name = name, .byte = byte, .to = to};
    titr_error err;
    titr_memory_visitor_init(&d.memory);
    cr_assert_eq(titr_replay_visit(from, &d.memory.base, &err), TITR_OK, "%s", err.what);
    titr_memory_visitor_load(&d.memory);
    d.load = d.memory.base.value;
    d.memory.base.value = load_damaged;
    const titr_status status = titr_replay_visit(other, &d.memory.base, &err);
    titr_memory_visitor_fini(&d.memory);
    titr_replay_destroy(other);
    return status;
}

Test(replay_visit, what_does_not_fit_together_is_refused)
{
    static const double obs[MODEL_OBS] = {0.0};
    static const unsigned char mask[MODEL_LEVELS] = {1};
    const titr_replay_spec spec = model_spec(10, 1, 1, 0.6);
    titr_replay *replay = create(&spec);
    titr_error err;
    for (size_t i = 0; i < 4; i++) {
        const titr_replay_step step = {obs, obs, mask, mask, 0, 0.0, 5.0, TITR_END_NONE};
        cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_OK);
    }
    cr_assert_eq(load_with(replay, &spec, "nothing", 0, 0), TITR_OK);
    cr_assert_eq(load_with(replay, &spec, "lanes", 7, 0x80), TITR_ERR_CONFIG, "count below 0");
    cr_assert_eq(load_with(replay, &spec, "lanes", 8, 5), TITR_ERR_CONFIG, "starts too late");
    cr_assert_eq(load_with(replay, &spec, "lanes", 16, 2), TITR_ERR_CONFIG, "open is 0 or 1");
    cr_assert_eq(load_with(replay, &spec, "lanes", 0, 4), TITR_ERR_CONFIG, "fewer than stand");
    cr_assert_eq(load_with(replay, &spec, "tag", 4, 1 << 6), TITR_ERR_CONFIG, "newest row");
    cr_assert_eq(load_with(replay, &spec, "tag", 7, 1 << 6), TITR_ERR_CONFIG, "not written");
    cr_assert_eq(load_with(replay, &spec, "tag", 1, 3 << 6), TITR_ERR_CONFIG, "no such kind");
    cr_assert_eq(load_with(replay, &spec, "tag", 1, (1 << 6) + MODEL_LEVELS), TITR_ERR_CONFIG);
    cr_assert_eq(load_with(replay, &spec, "mass", 3, 0xBF), TITR_ERR_CONFIG, "negative mass");
    cr_assert_eq(load_with(replay, &spec, "mass", 4 * 6 + 3, 0x3F), TITR_ERR_CONFIG,
                 "mass without a step");
    titr_replay_destroy(replay);
}
