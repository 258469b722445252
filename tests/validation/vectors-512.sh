# SPDX-License-Identifier: GPL-3.0-or-later
# run by name only
# The bits of lane-wise code (vector_hash.c) on one lane and on vectors of 128, 256 and 512 bits, by
# gcc and by clang. Where the processor lacks AVX-512, an emulated one that has it (bochs, a Skylake-X)
# boots Debian's kernel from a CD that is made here, with the programs on it and the libraries they
# need, and runs them once more. Every hash must equal that of gcc's one lane on this processor.
# 29 MB of packages are downloaded, and unpacked in a temporary folder; about 3 minutes.
# TITR_EMULATE=1: emulate although this processor has AVX-512.
set -euo pipefail
source tools/common.sh
[ "$(uname -m)" = x86_64 ] || die 3 "vectors-512: needs an x86-64 processor"
need run test
need_sundials
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
compilers="gcc clang-14"
longest_s=1800 # of the emulation

# program_of COMPILER: its build of vector_hash
program_of() {
    case $1 in
        gcc) echo build/release/tests/validation/vector_hash ;;
        *) echo "build/release-$1/tests/validation/vector_hash" ;;
    esac
}
build_by() {
    local where
    where=$(program_of "$1")
    where=${where%/tests/*}
    configure release -B "$where" -DTITR_TESTS=ON -DCMAKE_C_COMPILER="$1" &&
        cmake --build "$where" --target vector_hash
}

# The packages that only lend a file: not installed, so that nothing has to make room for them.
fetch_packages() {
    local kernel debs file
    debs=$(mktemp -d -p "$folder")
    kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '$1 == "Depends:" { print $2; exit }')
    (cd "$debs" && apt-get -q download "${kernel:?no kernel package}" busybox-static isolinux \
        syslinux-common) || return 1
    for file in "$debs"/*.deb; do dpkg-deb -x "$file" "$folder/packages" || return 1; done
}
# The lists may be empty or older than the mirror.
fetch() {
    fetch_packages || { [ "$(id -u)" = 0 ] && apt-get -q update && fetch_packages; }
}

# put_program COMPILER: with its libraries, where they are here
put_program() {
    local library
    cp "$(program_of "$1")" "$folder/root/$1" || return 1
    for library in $(ldd "$folder/root/$1" | grep -o '/[^ ]*'); do
        mkdir -p "$folder/root${library%/*}" && cp -L "$library" "$folder/root$library" || return 1
    done
}

# What boots: clang runs the one width that is new, gcc all.
make_root() {
    local compiler
    mkdir -p "$folder/root/bin" "$folder/root/dev" &&
        cp "$folder/packages/bin/busybox" "$folder/root/bin/" || return 1
    for compiler in $compilers; do put_program "$compiler" || return 1; done
    cat >"$folder/root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox mkdir /dev/shm # clang's OpenMP wants it
exec >/dev/ttyS0 2>&1
/gcc | while read -r line; do echo "emulator gcc $line"; done
/clang-14 512 | while read -r line; do echo "emulator clang-14 $line"; done
/bin/busybox sleep 1 # until the serial port has sent everything
/bin/busybox poweroff -f
INIT
    chmod +x "$folder/root/init"
}

# clearcpuid: the emulator tells sizes of the compacted XSAVE format that the kernel finds wrong, and
# without XSAVE there is no AVX; the plain format is right. Should anything go wrong, the kernel
# panics, triple-faults and so ends the emulator.
make_cd() {
    local cd=$folder/cd from=$folder/packages/usr/lib
    make_root && mkdir -p "$cd" &&
        (cd "$folder/root" && find . | bin/busybox cpio -o -H newc >"$cd/initrd") &&
        cp "$folder"/packages/boot/vmlinuz-* "$cd/vmlinuz" &&
        cp "$from/ISOLINUX/isolinux.bin" "$from/syslinux/modules/bios/ldlinux.c32" "$cd/" || return 1
    cat >"$cd/isolinux.cfg" <<'CONFIG'
DEFAULT titrate
LABEL titrate
KERNEL vmlinuz
INITRD initrd
APPEND console=ttyS0 loglevel=2 mitigations=off clearcpuid=xsavec,xsaves panic=-1 reboot=t
CONFIG
    xorriso -as mkisofs -o "$folder/boot.iso" -b isolinux.bin -c boot.cat -no-emul-boot \
        -boot-load-size 4 -boot-info-table "$cd"
}

# It ends when the guest switches off, with exit code 1 all the same. Debian's bochs begins in its
# debugger ("c": continue), opens a terminal of its own, and ignores SIGTERM. Without "sound" it looks
# for a sound card and dies.
boot() {
    cat >"$folder/bochsrc" <<'CONFIG'
config_interface: textconfig
display_library: term
cpu: model=corei7_skylake_x, ips=100000000, reset_on_triple_fault=0
memory: guest=256, host=256
romimage: file=/usr/share/bochs/BIOS-bochs-latest, options=fastboot
vgaromimage: file=/usr/share/vgabios/vgabios.bin
ata0-master: type=cdrom, path=boot.iso, status=inserted
boot: cdrom
clock: sync=none
com1: enabled=1, mode=file, dev=serial
sound: driver=dummy
speaker: enabled=0
log: log
panic: action=fatal
error: action=ignore
info: action=ignore
CONFIG
    (cd "$folder" && echo c >commands && : >serial
        TERM=vt100 timeout --foreground -s KILL $longest_s bochs -q -f bochsrc -rc commands) || true
    tr -d '\r' <"$folder/serial" >"$folder/said"
    cat "$folder/said"
    grep '^emulator ' "$folder/said" >>"$folder/lines"
    grep -q '^emulator gcc 512 ' "$folder/said" || { tail -n 40 "$folder/log"; return 1; }
}

emulate() {
    need emulate
    [ -z "$titr_missing" ] || die 3 "vectors-512: the emulator needs $titr_missing"
    step "download kernel and boot loader" fetch
    step "make a CD" make_cd
    step "run in the emulator" boot
}

here() { grep -q "^here $1 $2 " "$folder/lines"; }

for compiler in $compilers; do
    step "build by $compiler" build_by "$compiler"
    "$(program_of "$compiler")" | sed "s/^/here $compiler /" >>"$folder/lines"
done
emulated=0
if ! here gcc 512 || [ "${TITR_EMULATE:-0}" = 1 ]; then
    emulated=1
    emulate
fi

declare -A hash
while read -r place compiler bits workload value; do
    hash[$place $compiler $bits $workload]=$value
done < <(grep -xE '(here|emulator) [^ ]+ [0-9]+ [^ ]+ [0-9a-f]{16}' "$folder/lines")
mapfile -t workloads < <(sed -n 's/^here gcc 64 \([^ ]*\) .*/\1/p' "$folder/lines")
say "one lane, gcc, this processor:"
sed -n 's/^here gcc 64 /  /p' "$folder/lines"

compared=0 ok=0 worst=none skipped=0 short=0
# compare PLACE COMPILER BITS
compare() {
    local workload got want missing=0 verdict=ok
    for workload in "${workloads[@]}"; do
        want=${hash[here gcc 64 $workload]}
        got=${hash[$1 $2 $3 $workload]:-}
        if [ -z "$got" ]; then
            missing=$((missing + 1))
            continue
        fi
        compared=$((compared + 1))
        if [ "$got" = "$want" ]; then
            ok=$((ok + 1))
        else
            verdict=DIFFERS worst="$workload ($1, $2, $3 bits)"
            say "           $workload: $got, expected $want"
        fi
    done
    skipped=$((skipped + missing))
    [ $missing = 0 ] || [ $verdict = DIFFERS ] || verdict=missing
    printf '  %-8s %s, %s, %s bits\n' "$verdict" "$1" "$2" "$3"
    [ $missing = 0 ]
}

for compiler in $compilers; do
    for bits in 64 128 256 512; do
        if here "$compiler" $bits && [ "$compiler $bits" != "gcc 64" ]; then
            compare here "$compiler" $bits || short=1
        fi
    done
done
skips=none
if [ $emulated = 1 ]; then
    for bits in 64 128 256 512; do compare emulator gcc $bits || short=1; done
    # bochs 2.7 does not decode gathers indexed by registers 16 to 31, which clang makes of rk4.c and
    # gcc does not. Anything else that keeps clang's program from its end counts.
    compare emulator clang-14 512 ||
        { skips="the emulator does not decode clang's gathers"
          grep -qx 'Illegal instruction' "$folder/said" || short=1; }
    [ $skipped = 0 ] || grep -v '^emulator ' "$folder/said" | sed 's/^/  emulator says: /' || true
fi
say "vectors-512: compared $compared of $((compared + skipped)), ok $ok, worst $worst," \
    "skipped $skipped: $skips"
[ "$ok" = "$compared" ] && [ "$compared" -gt 0 ] && [ "$short" = 0 ]
