# SPDX-License-Identifier: GPL-3.0-or-later
# sundials_build.sh VERSION PREFIX FLAGS OPTIONS: the distribution's source package, downloaded and
# verified by apt, built with these flags, renamed into place when complete.
set -euo pipefail
version=$1 prefix=$2 flags=$3 options=$4
work=$(mktemp -d "$(dirname "$prefix")/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{sources,lists/partial,cache/archives/partial,source,out}

# deb-src entries for every deb entry of the system, in both of apt's formats
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -r "$file" ] || continue
    sed -nE '/cdrom:/d; s/^[[:space:]]*deb([[:space:]])/deb-src\1/p' "$file"
done >"$work/sources/titrate.list"
for file in /etc/apt/sources.list.d/*.sources; do
    [ -r "$file" ] || continue
    sed -E '/^[[:space:]]*#/d; s/^Types:.*/Types: deb-src/I' "$file"
    echo
done >"$work/sources/titrate.sources"

# the system's apt is left alone: own sources, lists and cache; its keys verify the download
apt=(apt-get -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources"
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=
    -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20)
"${apt[@]}" update || true # one unreachable archive does not matter if another has the source
cd "$work/source"
"${apt[@]}" source --download-only "sundials=$version"
dpkg-source --no-copy -x sundials_*.dsc tree

# shellcheck disable=SC2086
cmake -S tree -B "$work/out" -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release \
    "-DCMAKE_C_FLAGS_RELEASE=$flags" "-DCMAKE_INSTALL_PREFIX=$prefix" $options
cmake --build "$work/out"
DESTDIR=$work/root cmake --install "$work/out"
touch "$work/root$prefix/complete"
rm -rf "$prefix"
mv "$work/root$prefix" "$prefix"
