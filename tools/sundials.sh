# SPDX-License-Identifier: GPL-3.0-or-later
# An optimised SUNDIALS from the distribution's own source package, kept in the user's cache folder:
# the packaged library is compiled without optimisation. Same source, same bits, much faster.

sundials_flags="-O3 -ffp-contract=off -DNDEBUG"
sundials_options="-DBUILD_SHARED_LIBS=OFF -DBUILD_STATIC_LIBS=ON -DBUILD_CVODE=ON -DBUILD_ARKODE=OFF
    -DBUILD_CVODES=OFF -DBUILD_IDA=OFF -DBUILD_IDAS=OFF -DBUILD_KINSOL=OFF -DENABLE_MPI=OFF
    -DEXAMPLES_ENABLE_C=OFF -DEXAMPLES_ENABLE_CXX=OFF -DEXAMPLES_INSTALL=OFF
    -DBUILD_FORTRAN_MODULE_INTERFACE=OFF -DCMAKE_INSTALL_LIBDIR=lib"

# need_sundials: sets and exports TITR_SUNDIALS_DIR, empty for the packaged library.
need_sundials() {
    export TITR_SUNDIALS_DIR=""
    [ "$TITR_PACKAGED_SUNDIALS" = 0 ] || return 0
    local version key cache prefix
    version=$(dpkg-query -W -f '${source:Version}' libsundials-dev 2>/dev/null) || return 0
    key="$sundials_flags $sundials_options $(gcc -dumpfullversion)"
    key=$(sha256sum <<<"$key" | cut -c1-12)
    cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    cache=${cache:-$PWD/build/cache}/titrate
    prefix=$cache/sundials-$version-$key
    if [ ! -e "$prefix/complete" ]; then
        mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] ||
            { note "$cache is not writable: using the packaged SUNDIALS (slower)"; return 0; }
        # one build at a time: the second one finds the first one's result
        exec 9>"$cache/lock"
        flock 9
        sundials_try "$version" "$prefix"
        exec 9>&-
    fi
    if [ -e "$prefix/complete" ]; then
        TITR_SUNDIALS_DIR=$prefix
    fi
}

# Build unless that is done, or failed within a day (a machine without network should not wait each
# time). A failure is a notice: the packaged library gives the same results.
sundials_try() {
    local failed=$2.failed log=$titr_logs/sundials.log
    [ ! -e "$2/complete" ] || return 0
    if [ -z "$(find "$failed" -mtime -1 2>/dev/null)" ]; then
        say "building an optimised SUNDIALS from the distribution's source, once ..."
        mkdir -p "$titr_logs"
        if bash tools/sundials_build.sh "$1" "$2" "$sundials_flags" "$sundials_options" \
            >"$log" 2>&1 </dev/null; then
            rm -f "$failed"
            return 0
        fi
        cp "$log" "$failed"
    fi
    note "using the packaged SUNDIALS (slower): $(grep -vE '^W:|^$' "$failed" | tail -n 1)" \
        "(see $failed)"
}
