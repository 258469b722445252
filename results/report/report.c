// SPDX-License-Identifier: GPL-3.0-or-later
/* The page: notice, panels, notice. No script, no request, light background, prints on A4. */
#include "titrate/report/report.h"

#include "panels.h"

#include "titrate/store/text_file.h"

#include <stdlib.h>
#include <string.h>

static const char style[] =
    ":root{--ink:#1c2733;--dim:#5a6875;--rule:#d6dde3;--paper:#fff;--shade:#f3f6f8}\n"
    "*{box-sizing:border-box}\n"
    "html{-webkit-text-size-adjust:100%}\n"
    "body{margin:0;background:var(--shade);color:var(--ink);"
    "font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,"
    "sans-serif}\n"
    "main{max-width:1160px;margin:0 auto;padding:0 16px 24px}\n"
    ".notice{background:#1c2733;color:#fff;text-align:center;font-weight:600;padding:10px 16px;"
    "letter-spacing:.01em}\n"
    "header h1{font-size:1.6rem;line-height:1.25;margin:24px 0 4px}\n"
    "header p{margin:0 0 8px;color:var(--dim)}\n"
    "section{background:var(--paper);border:1px solid var(--rule);border-radius:8px;"
    "padding:16px 20px;margin:16px 0}\n"
    "h2{font-size:1.2rem;margin:0 0 10px}\n"
    "h3{font-size:1rem;margin:18px 0 4px}\n"
    ".identity{display:grid;grid-template-columns:repeat(auto-fill,minmax(175px,1fr));"
    "gap:10px 20px;margin:0}\n"
    ".identity dt{font-size:.8rem;color:var(--dim)}\n"
    ".identity dd{margin:0;font-weight:600;overflow-wrap:anywhere}\n"
    ".headline{margin:16px 0 0;padding-top:12px;border-top:1px solid var(--rule);"
    "font-size:1.05rem}\n"
    ".wide,.chart{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-size:.9rem;"
    "font-variant-numeric:tabular-nums}\n"
    "th,td{padding:6px;border-bottom:1px solid var(--rule);text-align:left;"
    "vertical-align:top}\n"
    "thead th{border-bottom:2px solid var(--ink);font-weight:600;vertical-align:bottom}\n"
    "tbody th{font-weight:600;min-width:8em}\n"
    ".num{text-align:right}\n"
    "td.num{white-space:nowrap}\n"
    ".ci{color:var(--dim);font-size:.82em;font-weight:400;display:block}\n"
    "tr.shown{background:#eaf2f5}\n"
    ".alert{color:#a12a00;font-weight:700}\n"
    ".met{color:#17624f;font-size:.85em}\n"
    ".unmet{color:#a12a00;font-size:.85em;font-weight:700}\n"
    ".note{color:var(--dim);font-size:.9rem;margin:8px 0}\n"
    ".invalid{border-left:6px solid #a12a00;background:#fdeee8;padding:10px 14px;"
    "margin:0 0 12px}\n"
    "details{margin-top:8px}\n"
    "summary{cursor:pointer;color:#14506b}\n"
    "pre{overflow-x:auto;font-size:.8rem;line-height:1.4;background:var(--shade);padding:12px}\n"
    "svg{display:block;width:100%;min-width:640px;height:auto}\n"
    ".t{font-size:12px;fill:var(--ink)}\n"
    ".small{font-size:10.5px}\n"
    ".end{text-anchor:end}\n"
    ".mid{text-anchor:middle}\n"
    ".dim{fill:var(--dim)}\n"
    ".strong,.name{font-weight:600}\n"
    ".inv{fill:#fff;font-weight:600}\n"
    ".halo{font-weight:600;paint-order:stroke;stroke:#fff;stroke-width:3px;"
    "stroke-linejoin:round}\n"
    ".grid{stroke:#dfe5ea;stroke-width:1;fill:none}\n"
    ".limit{stroke:#7fa596;stroke-width:1;fill:none}\n"
    ".target{fill:#e3f1ec}\n"
    ".outer,.spread{fill:#c5dbe6;fill-opacity:.75}\n"
    ".inner{fill:#7fb0c8;fill-opacity:.8}\n"
    ".median{stroke:#0d3b52;stroke-width:2.4;fill:none;stroke-linejoin:round}\n"
    ".ref{stroke:#9a4b00;stroke-width:1.8;fill:none;stroke-dasharray:7 4;"
    "stroke-linejoin:round}\n"
    ".ref.thin{stroke-width:1;stroke-dasharray:2 4}\n"
    ".cgm{stroke:#6f8fa3;stroke-width:1.2;fill:none;stroke-linejoin:round}\n"
    ".carbs{fill:#8a5a00}\n"
    ".lowered{fill:#9a4b00}\n"
    ".stem{stroke:#4a2377;stroke-width:2.6;fill:none}\n"
    ".basal{stroke:#4a2377;stroke-width:1.6;fill:none}\n"
    ".level{stroke:#0d3b52;stroke-width:1.4;fill:none}\n"
    ".vlow{fill:#4a2377}\n"
    ".low{fill:#bcaadc}\n"
    ".in{fill:#1f7a6d}\n"
    ".high{fill:#f6c667}\n"
    ".vhigh{fill:#b8560b}\n"
    ".hatch{fill:url(#hatch)}\n"
    ".vlow,.low,.in,.high,.vhigh{stroke:#fff;stroke-width:1}\n"
    "@media (max-width:600px){main{padding:0 8px 16px}section{padding:12px}"
    "header h1{font-size:1.3rem}}\n"
    "@media print{@page{size:A4;margin:12mm 12mm 16mm;"
    "@bottom-center{content:\"" TITR_REPORT_NOTICE
    "\";font:8pt sans-serif}}body{background:#fff;font-size:10.5pt}"
    "main{max-width:none;padding:0}section{border:0;border-top:1px solid #999;border-radius:0;"
    "padding:8px 0;margin:8px 0}.chart,tr,.identity,h2,h3{break-inside:avoid}"
    "h2,h3{break-after:avoid}svg{min-width:0}.wide,.chart{overflow:visible}table{font-size:7.5pt}"
    "th,td{padding:2px 3px}"
    "td.num{white-space:normal}.ci{white-space:nowrap}"
    ".notice{color:#000;background:#fff;border:2px solid #000}"
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n";

static void notice(titr_text *page)
{
    titr_text_printf(page, "<div class=\"notice\" role=\"note\">" TITR_REPORT_NOTICE "</div>\n");
}

static void put_page_head(titr_text *page, const titri_view *v)
{
    const char *name = *v->experiment != '\0' ? v->experiment : "run";
    titr_text_printf(page,
                     "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                     "style-src 'unsafe-inline'\"/>\n<meta name=\"viewport\" "
                     "content=\"width=device-width, initial-scale=1\"/>\n<title>");
    titri_escape(page, name);
    titr_text_printf(page, ": simulated insulin dosing</title>\n<style>\n");
    titr_text_add(page, style, strlen(style));
    titr_text_printf(page, "</style>\n</head>\n<body>\n");
    notice(page);
    titr_text_printf(page, "<main>\n<header><h1>");
    titri_escape(page, name);
    titr_text_printf(page, "</h1>\n<p>Simulated insulin dosing for virtual children: policies "
                           "compared, and one child in detail</p></header>\n"
                           /* one pattern for every chart */
                           "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" "
                           "style=\"position:absolute;min-width:0\"><defs><pattern id=\"hatch\" "
                           "width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
                           "patternTransform=\"rotate(45)\"><path d=\"M0 0V6\" stroke=\"#fff\" "
                           "stroke-width=\"1.6\" stroke-opacity=\".7\"/></pattern></defs></svg>\n");
}

static titr_status put_page(titr_text *page, const titri_view *v, titr_error *err)
{
    put_page_head(page, v);
    titri_panel_identity(page, v);
    titri_panel_comparison(page, v);
    titri_panel_shield(page, v);
    titri_panel_ranges(page, v);
    titri_panel_percentiles(page, v);
    TITR_TRY(titri_panel_day(page, v, err));
    titri_panel_goals(page, v);
    TITR_TRY(titri_panel_training(page, v, err));
    TITR_TRY(titri_panel_robustness(page, v, err));
    titri_panel_provenance(page, v);
    titri_panel_limits(page, v);
    titr_text_printf(page, "</main>\n");
    notice(page);
    titr_text_printf(page, "</body>\n</html>\n");
    return TITR_OK;
}

titr_status titr_report_write(titr_reader *run, const titr_report_def *def, const char *path,
                              titr_error *err)
{
    titri_view view;
    titr_text page = {0};
    char *bytes = NULL;
    TITR_TRY(titr_reader_spare(run, path, err));
    if (titr_reader_of_task(run)) {
        return titr_fail(
            err, TITR_ERR_CONFIG,
            "a run on a benchmark task has no glucose to report; see `titrate metrics` "
            "and `titrate export`");
    }
    titr_status status = titri_view_load(run, def, &view, err);
    if (status == TITR_OK) {
        status = put_page(&page, &view, err);
    }
    if (status == TITR_OK) {
        status = titr_text_take(&page, &bytes, err);
    }
    if (status == TITR_OK) {
        status = titr_text_file_write(path, bytes, strlen(bytes), err);
    }
    free(bytes);
    titr_text_fini(&page);
    titri_view_fini(&view);
    return status;
}
