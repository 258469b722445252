# SPDX-License-Identifier: GPL-3.0-or-later
# run by name only
# ./dev demo and ./dev test in a fresh minimal Debian 12 made with debootstrap, not on this machine's
# system. As root. Arguments: the commands to prove (default: demo test). Ends with their wall times.
# TITR_BARE_DIR keeps the system between runs; without it a temporary folder is used and removed.
set -euo pipefail
source tools/common.sh
[ "$(id -u)" = 0 ] || die 3 "bare-debian: needs root (chroot)"
command -v debootstrap >/dev/null || die 3 "bare-debian: needs debootstrap"
commands=("${@:-demo}")
[ $# -gt 0 ] || commands=(demo test)

mirror=$(cat /etc/apt/sources.list.d/* /etc/apt/sources.list 2>/dev/null |
    awk '/^URIs:/ { print $2; exit } /^deb / && match($0, /https?:[^ ]+/) {
        print substr($0, RSTART, RLENGTH); exit }' || true)
root=${TITR_BARE_DIR:-}
if [ -z "$root" ]; then
    root=$(mktemp -d)
    chmod 755 "$root" # it will be /
    trap 'rm -rf "$root"' EXIT
fi
[ -x "$root/bin/bash" ] ||
    step "debootstrap" debootstrap --variant=minbase bookworm "$root" "$mirror"
rm -rf "$root/srv/titrate"
git clone -q --no-hardlinks . "$root/srv/titrate"
cp /etc/resolv.conf "$root/etc/resolv.conf"

# in_bare COMMAND...: mounts last as long as the command
in_bare() {
    # shellcheck disable=SC2016
    unshare --mount --pid --fork bash -c '
        root=$0
        mount --make-rprivate /
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/var/tmp \
            LANG=C.UTF-8 bash -c "cd /srv/titrate && exec \"\$@\"" bash "$@"' "$root" "$@"
}

ok=0
times=""
for command in "${commands[@]}"; do
    say "== ./dev $command"
    start=$SECONDS
    # shellcheck disable=SC2086
    if in_bare ./dev $command; then ok=$((ok + 1)); fi
    times+=" '$command' $((SECONDS - start)) s;"
done
say "bare-debian: compared ${#commands[@]} of ${#commands[@]}, ok $ok, worst$times skipped 0: none"
[ "$ok" = "${#commands[@]}" ]
