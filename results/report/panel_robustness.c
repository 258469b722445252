// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels.h"

#include "titrate/stats/robustness.h"

#include <stdlib.h>
#include <string.h>

static void put_cells(titr_text *page, const titr_robust_policy *p, const titr_summary_row *row)
{
    const size_t failures = row->terminated + row->faults;
    titr_text_printf(page, "<td class=\"num%s\">%zu / %zu%s</td>", failures > 0 ? " alert" : "",
                     failures, row->episodes, row->valid ? "" : " FAULT");
    titr_text_printf(page, "<td class=\"num\">");
    titri_put_interval(page, row->tir_itt_percent, 1, 0);
    titr_text_printf(page, "</td><td class=\"num\">");
    if (strcmp(row->policy, TITR_CELL_NOMINAL) == 0) {
        titr_text_printf(page, "reference");
    } else {
        titri_put_interval(page, row->tir_itt_difference, 1, 1);
    }
    titr_text_printf(page, "</td>");
    titri_cell(page, titr_summary_mean(&p->cells, row, "tir_70_180_percent"), 1);
    titri_cell(page, titr_summary_mean(&p->cells, row, "tbr_below_70_percent"), 2);
    titr_text_printf(page, "</tr>\n");
}

static void put_policy(titr_text *page, const titr_robust_policy *p)
{
    const titr_summary_row *worst = titr_robust_worst(p);
    titr_text_printf(page, "<tbody>\n<tr><th scope=\"rowgroup\" colspan=\"6\">");
    titri_escape(page, p->policy);
    titr_text_printf(page, "</th></tr>\n");
    for (size_t r = 0; r < p->cells.n_rows; r++) {
        const titr_summary_row *row = &p->cells.row[r];
        titr_text_printf(page, "<tr%s><th scope=\"row\">", row == worst ? " class=\"shown\"" : "");
        titri_escape(page, row->policy);
        titr_text_printf(page, "%s</th>", row == worst ? " (worst)" : "");
        put_cells(page, p, row);
    }
    titr_text_printf(page, "<tr><th scope=\"row\">mean of cells</th><td class=\"num\">");
    titri_put_number(page, titr_robust_mean_failed(p), 1);
    titr_text_printf(page, " %%</td>");
    titri_cell(page, titr_robust_mean(p, "tir_itt_percent"), 1);
    titr_text_printf(page, "<td></td>");
    titri_cell(page, titr_robust_mean(p, "tir_70_180_percent"), 1);
    titri_cell(page, titr_robust_mean(p, "tbr_below_70_percent"), 2);
    titr_text_printf(page, "</tr>\n</tbody>\n");
}

static void put_table(titr_text *page, const titr_robustness *table)
{
    titri_section_open(page, "robustness", "When the world is not as told");
    titr_text_printf(
        page,
        "<p class=\"note\">The same policies, children, seeds and random draws; in each cell one "
        "thing is otherwise, and nothing was trained, titrated or tuned for it. TIR in the second "
        "column counts time after a failure as out of range; mean and worst are over the cells "
        "that are not nominal, the worst by that TIR. In brackets: 95 %% intervals.</p>\n"
        "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Cell</th>"
        "<th scope=\"col\" class=\"num\">Failed</th><th scope=\"col\" class=\"num\">TIR %%</th>"
        "<th scope=\"col\" class=\"num\">minus nominal</th>"
        "<th scope=\"col\" class=\"num\">TIR while followed %%</th>"
        "<th scope=\"col\" class=\"num\">&lt;70 %%</th></tr></thead>\n");
    for (size_t p = 0; p < table->n; p++) {
        put_policy(page, &table->policy[p]);
    }
    titr_text_printf(page, "</table></div>\n");
    titri_section_close(page);
}

titr_status titri_panel_robustness(titr_text *page, const titri_view *v, titr_error *err)
{
    titr_robustness table;
    TITR_TRY(titr_robustness_read(v->run, &table, err));
    titr_status st = TITR_OK;
    if (table.n > 0) {
        st = titr_robustness_finish(&table, strtoull(v->seed, NULL, 10), err);
    }
    if (st == TITR_OK && table.n > 0) {
        put_table(page, &table);
    }
    titr_robustness_fini(&table);
    return st;
}
