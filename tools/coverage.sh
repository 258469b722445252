# SPDX-License-Identifier: GPL-3.0-or-later
# Line and branch coverage of the project's sources by the whole suite.
need run test cover
need_sundials

coverage_suite() {
    # the counters of an earlier run would add up
    find build/cov -name '*.gcda' -delete 2>/dev/null || true
    suite cov
}

coverage_report() {
    gcovr --root . --object-directory build/cov --csv build/cov/coverage.csv \
        --filter '(include|models|sim|agents|results|experiments)/'
}

# Bounds of design 7, the totals, and the files that lack most.
coverage_figures() {
    awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { lines += $at["line_total"]; seen += $at["line_covered"]
          branches += $at["branch_total"]; taken += $at["branch_covered"] }
        END {
            line = lines ? 100 * seen / lines : 0
            branch = branches ? 100 * taken / branches : 0
            printf "%-34s %10.1f   >= 90        %s\n", "coverage by line, %", line,
                (line >= 90 ? "ok" : "FALLS SHORT")
            printf "%-34s %10.1f   >= 75        %s\n", "coverage by branch, %", branch,
                (branch >= 75 ? "ok" : "FALLS SHORT")
            exit !(line >= 90 && branch >= 75)
        }' build/cov/coverage.csv
}

step "coverage suite" coverage_suite
step "coverage report" coverage_report
coverage_status=0
coverage_figures || coverage_status=1
say "    least covered (line %, branch %):"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { n = $at["line_total"] - $at["line_covered"] + $at["branch_total"] - $at["branch_covered"]
      printf "%d\t    %5.1f %5.1f  %s\n", n, 100 * $at["line_percent"], 100 * $at["branch_percent"],
        $at["filename"] }' build/cov/coverage.csv | sort -rn | head -n 15 | cut -f2-
[ "$coverage_status" = 0 ]
