# SPDX-License-Identifier: GPL-3.0-or-later
# Debian packages per purpose, and their installation.

packages_run="gcc libc6-dev cmake ninja-build pkg-config libgsl-dev libsundials-dev libconfig-dev
    libhdf5-dev zlib1g-dev libopenblas-dev dpkg-dev"
packages_test="libcriterion-dev libjansson-dev clang-14 clang-tidy-14 clang-format-14
    libclang-rt-14-dev libomp-14-dev python3-h5py hdf5-tools git"
packages_cover="gcovr"
packages_emulate="bochs bochs-term bochsbios vgabios xorriso"

# Names among the arguments that are not installed.
packages_missing() {
    { dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true; } |
        awk -v want="$*" '$1 == "installed" { have[$2] = 1 }
            END { n = split(want, w, " ")
                  for (i = 1; i <= n; i++) if (!(w[i] in have)) print w[i] }'
}

# need GROUP...: install what these groups lack. Sets titr_missing to what stays missing.
need() {
    local group names="" command
    titr_missing=""
    for group in "$@"; do
        local list=packages_$group
        names+=" ${!list}"
    done
    command -v dpkg-query >/dev/null || { note "not a Debian system: using what is there"; return; }
    # shellcheck disable=SC2086
    titr_missing=$(packages_missing $names | xargs)
    [ -n "$titr_missing" ] || return 0
    command="apt-get install --no-install-recommends $titr_missing"
    if [ "$TITR_NO_INSTALL" = 1 ]; then
        say "missing Debian packages:"
        printf '  %s\n' $titr_missing
        die 3 "--no-install: nothing installed; as root: $command"
    fi
    if [ "$(id -u)" != 0 ]; then
        note "not root: using what is there. Missing Debian packages: $titr_missing"
        note "as root: $command"
        return 0
    fi
    say "installing Debian packages:"
    printf '  %s\n' $titr_missing
    step "install packages" install_packages $titr_missing ||
        die 3 "could not install: $titr_missing"
    titr_missing=""
}

install_packages() {
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600)
    # the lists may be empty or older than the mirror: refresh them and try again
    "${apt[@]}" install --no-install-recommends "$@" ||
        { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"; }
}
