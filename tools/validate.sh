# SPDX-License-Identifier: GPL-3.0-or-later
# Long checks: programs of tests/validation/CMakeLists.txt and scripts tests/validation/*.sh.
need run test
need_sundials
step "configure" configure release -DTITR_TESTS=ON

# All checks; with "unattended" those alone that do not ask to be run by name only.
validations() {
    local script
    sed '/^$/d' build/release/validations.txt
    for script in tests/validation/*.sh; do
        if [ "${1:-}" = unattended ] && grep -q '^# run by name only' "$script"; then continue; fi
        basename -s .sh "$script"
    done
}

# validate NAME [ARGUMENT...]
validate() {
    local name=$1 target
    shift
    if [ -e "tests/validation/$name.sh" ]; then
        bash "tests/validation/$name.sh" "$@"
    else
        target=validate_${name//-/_}
        step "build $name" build release --target "$target" &&
            "build/release/tests/validation/$target" "$@"
    fi
}

if [ ${#args[@]} -gt 0 ]; then
    grep -qxF -- "${args[0]}" <<<"$(validations)" ||
        die 2 "dev validate: no check '${args[0]}'; there are:" $(validations | sort)
    validate "${args[@]}"
    exit
fi

short=""
for name in $(validations unattended | sort); do
    say "== $name"
    validate "$name" || short+=" $name"
done
say
[ -z "$short" ] || die 1 "dev validate: falls short:$short"
say "dev validate: all hold ($(validations unattended | sort | xargs))"
