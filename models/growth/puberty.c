// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/models/puberty.h"

enum { FIRST = 2 };

typedef struct onset {
    double mean_years, sd_years;
} onset;

/* boys, girls; stages 2 to 5 */
static const onset onsets[2][TITR_TANNER_STAGES - 1] = {
    {{11.64, 1.07}, {12.85, 1.04}, {13.77, 1.02}, {14.92, 1.10}},
    {{11.15, 1.10}, {12.15, 1.09}, {13.11, 1.15}, {15.33, 1.74}},
};

static onset onset_of(titr_sex sex, int stage)
{
    const onset boy = onsets[0][stage - FIRST], girl = onsets[1][stage - FIRST];
    if (sex == TITR_SEX_UNKNOWN) {
        return (onset){0.5 * (boy.mean_years + girl.mean_years),
                       0.5 * (boy.sd_years + girl.sd_years)};
    }
    return sex == TITR_SEX_FEMALE ? girl : boy;
}

double titr_tanner_mean_years(titr_sex sex, int stage)
{
    return onset_of(sex, stage).mean_years;
}

double titr_tanner_sd_years(titr_sex sex, int stage)
{
    return onset_of(sex, stage).sd_years;
}

/* When the stage begins in a child. */
static double begins_years(titr_sex sex, int stage, double tempo)
{
    const onset o = onset_of(sex, stage);
    return o.mean_years + tempo * o.sd_years;
}

int titr_tanner_stage(titr_sex sex, double age_years, double tempo)
{
    int stage = 1;
    while (stage < TITR_TANNER_STAGES && age_years >= begins_years(sex, stage + 1, tempo)) {
        stage++;
    }
    return stage;
}

double titr_puberty_progress(titr_sex sex, double age_years, double tempo)
{
    const int stage = titr_tanner_stage(sex, age_years, tempo);
    if (stage == 1 || stage == TITR_TANNER_STAGES) {
        return stage == 1 ? 0.0 : 1.0;
    }
    const double from = begins_years(sex, stage, tempo);
    const double to = begins_years(sex, stage + 1, tempo);
    const double share = (age_years - from) / (to - from);
    return ((double)(stage - FIRST) + share) / (double)(TITR_TANNER_STAGES - FIRST);
}
