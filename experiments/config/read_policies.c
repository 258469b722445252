// SPDX-License-Identifier: GPL-3.0-or-later
/* The list `policies`: what is common to all, and what the agent adds. */
#include "read.h"

#include <stdio.h>
#include <string.h>

/* "<path>.<name of the entry, or its number>" */
void titri_entry_path(const char *path, const config_setting_t *entry, unsigned i,
                      char out[TITRI_KEY_MAX])
{
    const config_setting_t *name =
        config_setting_is_group(entry) ? config_setting_get_member(entry, "name") : NULL;
    const char *text = name != NULL ? config_setting_get_string(name) : NULL;
    if (text != NULL && text[0] != '\0') {
        (void)snprintf(out, TITRI_KEY_MAX, "%.200s.%.60s", path, text);
    } else {
        (void)snprintf(out, TITRI_KEY_MAX, "%.200s.%u", path, i);
    }
}

static titr_status read_policy(const titri_tree *tree, const config_setting_t *setting,
                               const char *path, const titr_experiment *e, titr_policy_def *policy,
                               titr_error *err)
{
    static const char *const others[] = {"agent", "observe"};
    size_t n = 0;
    const titr_option *options = titr_policy_options(&n);
    TITR_TRY(titri_expect_group(tree, setting, path, err));
    titr_options_default(options, n, policy);
    TITR_TRY(titri_read_part(tree, setting, path, "agent", "agent", &policy->agent, err));
    titri_default_path(policy->agent, e->scenario.events);
    const titr_part *agent = titr_slot_part(policy->agent);
    titri_group group = {
        .setting = setting,
        .table = {{options, n, policy}, {agent->options, agent->n_options, policy->agent.def}},
        .n_tables = 2,
        .others = others,
        .n_others = 2};
    (void)snprintf(group.path, sizeof group.path, "%s", path);
    TITR_TRY(titri_read_group(tree, &group, err));
    return titri_read_observe(tree, setting, path, e, &policy->observe, err);
}

titr_status titri_read_policies(const titri_tree *tree, const config_setting_t *list,
                                titr_experiment *e, titr_error *err)
{
    TITR_TRY(titri_expect_list(tree, list, "policies", err));
    const unsigned n = (unsigned)config_setting_length(list);
    if (n > TITR_POLICIES_MAX) {
        return titri_fail_at(tree, list, err, "policies: %u, expected at most %d", n,
                             TITR_POLICIES_MAX);
    }
    for (unsigned i = 0; i < n; i++) {
        const config_setting_t *setting = config_setting_get_elem(list, i);
        char path[TITRI_KEY_MAX];
        titri_entry_path("policies", setting, i, path);
        TITR_TRY(read_policy(tree, setting, path, e, &e->policy[i], err));
    }
    e->n_policies = n;
    return TITR_OK;
}
