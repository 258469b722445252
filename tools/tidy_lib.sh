# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy, one file per process: version 14 invents warnings when several share one.

# Sources that differ from where this branch left origin/main, or from the last commit on main
# itself, and what is not committed yet. All of them where there is no history to compare with.
tidy_changed_files() {
    local base
    base=$(git merge-base HEAD origin/main 2>/dev/null) || base=""
    if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD 2>/dev/null)" ]; then
        base=$(git rev-parse -q --verify HEAD~1 2>/dev/null) || base=""
    fi
    if [ -z "$base" ]; then
        c_files | grep '\.c$'
        return
    fi
    { git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard; } |
        grep '\.c$' | sort -u || true
}

# tidy_files FILE...: one line per finding, at the end how many files were clean.
tidy_files() {
    local known
    configure tidy -DTITR_TESTS=ON >/dev/null || return 1
    mapfile -t known < <(printf '%s\n' "$@" | tidy_known)
    tidy_clean=0
    tidy_worst=none
    tidy_total=${#known[@]}
    [ "$tidy_total" -gt 0 ] || return 0
    local status file
    while read -r status file; do
        if [ "$status" = 0 ]; then tidy_clean=$((tidy_clean + 1)); else tidy_worst=$file; fi
    done < <(printf '%s\n' "${known[@]}" | xargs -P "$(nproc)" -I{} bash -c '
        found=$(clang-tidy-14 --quiet -p build/tidy {} 2>/dev/null)
        status=$?
        grep -E "(error|warning): " <<<"$found" | sed "s|^$PWD/||" >&2
        echo "$status {}"')
    say "clang-tidy: $tidy_clean of $tidy_total files clean"
    [ "$tidy_clean" = "$tidy_total" ]
}

tidy_known() {
    local file
    while read -r file; do
        if grep -q "\"file\": \".*/$file\"" build/tidy/compile_commands.json; then
            printf '%s\n' "$file"
        else
            printf 'not built, not checked: %s\n' "$file" >&2
        fi
    done
}

tidy_changed() {
    local files
    mapfile -t files < <(tidy_changed_files)
    [ ${#files[@]} -gt 0 ] || { say "no source changed"; return 0; }
    tidy_files "${files[@]}"
}
