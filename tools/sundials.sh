# SPDX-License-Identifier: GPL-3.0-or-later
# An optimised SUNDIALS from the distribution's own source package, kept in the user's cache folder:
# the packaged library is compiled without optimisation. Same source, same bits, several times faster.

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
    key=$(printf '%s' "$sundials_flags $sundials_options $(gcc -dumpfullversion)" | sha256sum | cut -c1-12)
    cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    cache=${cache:-$PWD/build/cache}/titrate
    prefix=$cache/sundials-$version-$key
    if [ ! -e "$prefix/complete" ]; then
        mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] ||
            { note "$cache is not writable: using the packaged SUNDIALS (slower)"; return 0; }
        # one build at a time; the second one finds the first one's result
        exec 9>"$cache/lock"
        flock 9
        [ -e "$prefix/complete" ] ||
            step "optimise SUNDIALS (once)" sundials_build "$version" "$prefix" || true
        exec 9>&-
    fi
    if [ -e "$prefix/complete" ]; then
        TITR_SUNDIALS_DIR=$prefix
    else
        note "no optimised SUNDIALS: using the packaged one (same results, slower)"
    fi
}

# deb-src entries for every deb entry of the system, in both of apt's formats, written to folder $1.
sundials_apt_sources() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        sed -nE '/cdrom:/d; s/^[[:space:]]*deb([[:space:]])/deb-src\1/p' >"$1/titrate.list"
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -r "$file" ] || continue
        cat "$file"
        echo
    done | sed -E '/^[[:space:]]*#/d; s/^Types:.*/Types: deb-src/I' >"$1/titrate.sources"
}

# sundials_build VERSION PREFIX: download, verified by apt; build; rename into place when complete.
sundials_build() (
    set -e
    work=$(mktemp -d "$(dirname "$2")/build.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work"/{sources,lists/partial,cache/archives/partial,source,out}
    sundials_apt_sources "$work/sources"
    # apt's own settings are left alone: other lists, other cache, the system's keys
    apt=(apt-get -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources"
        -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=)
    "${apt[@]}" update || true # one unreachable archive does not matter if another has the source
    cd "$work/source"
    "${apt[@]}" source --download-only "sundials=$1"
    dpkg-source --no-copy -x sundials_*.dsc tree
    # shellcheck disable=SC2086
    cmake -S tree -B "$work/out" -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release \
        "-DCMAKE_C_FLAGS_RELEASE=$sundials_flags" "-DCMAKE_INSTALL_PREFIX=$2" $sundials_options
    cmake --build "$work/out"
    DESTDIR=$work/root cmake --install "$work/out"
    rm -rf "$2"
    touch "$work/root$2/complete"
    mv "$work/root$2" "$2"
)
