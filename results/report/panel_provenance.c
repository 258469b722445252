// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels.h"

#include <string.h>

#define INDENT_MAX 20 /* levels; a hostile manifest may nest without end */

static int indent(size_t depth)
{
    return (int)(2 * (depth < INDENT_MAX ? depth : INDENT_MAX));
}

/* The manifest with a line per member, so that it can be read. */
static void put_indented(titr_text *page, const char *json)
{
    size_t depth = 0;
    int quoted = 0;
    titr_text out = {0};
    for (const char *s = json; *s != '\0'; s++) {
        if (quoted || strchr("{}[], \t\r\n", *s) == NULL) {
            if (*s == '"') {
                quoted = !quoted;
            } else if (quoted && *s == '\\' && s[1] != '\0') {
                titr_text_add(&out, s++, 1);
            }
            titr_text_add(&out, s, 1);
            if (!quoted && *s == ':') {
                titr_text_add(&out, " ", 1);
            }
        } else if (*s == '{' || *s == '[') {
            const char *next = s + 1 + strspn(s + 1, " \t\r\n");
            if (*next == '}' || *next == ']') {
                titr_text_printf(&out, "%c%c", *s, *next);
                s = next;
            } else {
                titr_text_printf(&out, "%c\n%*s", *s, indent(++depth), "");
            }
        } else if (*s == '}' || *s == ']') {
            depth -= depth > 0;
            titr_text_printf(&out, "\n%*s%c", indent(depth), "", *s);
        } else if (*s == ',') {
            titr_text_printf(&out, ",\n%*s", indent(depth), "");
        }
    }
    if (out.s != NULL) {
        titri_escape(page, out.s);
    }
    page->failed |= out.failed;
    titr_text_fini(&out);
}

void titri_panel_provenance(titr_text *page, const titri_view *v)
{
    titri_section_open(page, "provenance", "How this was made");
    titr_text_printf(page,
                     "<p>Every number and picture on this page comes from one run file. The "
                     "same configuration, seed and version give the same file and the same page. "
                     "The manifest below is stored in the run.</p>\n<details><summary>Manifest: "
                     "versions, seed and the configuration as resolved</summary>\n<pre>");
    put_indented(page, v->manifest);
    titr_text_printf(page, "</pre></details>\n");
    titri_section_close(page);
}

void titri_panel_limits(titr_text *page, const titri_view *v)
{
    titri_section_open(page, "limits", "What this is not");
    titr_text_printf(page,
                     "<ul>\n"
                     "<li>Not for treatment. The children are virtual: bodies are equations with "
                     "published or sampled parameters, no patient's data are on this page.</li>\n"
                     "<li>A policy that does well here has done well against these equations, "
                     "this sensor model and these meals, and no more than that.</li>\n"
                     "<li>Illness, exercise, sensor and pump failures, and forgotten or wrong "
                     "entries are absent unless the configuration names them.</li>\n"
                     "<li>Intervals cover the virtual children and seeds of this run, not the "
                     "uncertainty of the models.</li>\n");
    if (*titr_reader_cohort_note(v->run) != '\0') {
        titr_text_printf(page, "<li>Of the children: ");
        titri_escape(page, titr_reader_cohort_note(v->run));
        titr_text_printf(page, ".</li>\n");
    }
    titr_text_printf(page,
                     "<li>Context of use: research and education. Not a medical device.</li>\n"
                     "</ul>\n");
    if (v->mmol) {
        titr_text_printf(page, "<p class=\"note\">mmol/L is a display of values held in mg/dL "
                               "(18.016 mg/dL = 1 mmol/L).</p>\n");
    }
    titri_section_close(page);
}
