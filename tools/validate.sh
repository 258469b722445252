# SPDX-License-Identifier: GPL-3.0-or-later
# Long checks: programs of tests/validation/CMakeLists.txt and scripts tests/validation/*.sh.
need run test
need_sundials
step "configure" configure release -DTITR_TESTS=ON

validations() {
    { cat build/release/validations.txt; basename -s .sh -a tests/validation/*.sh; } |
        grep -v '^\*\?$' | LC_ALL=C sort
}

# validate NAME [ARGUMENT...]
validate() {
    local name=$1 target
    shift
    if [ -e "tests/validation/$name.sh" ]; then
        bash "tests/validation/$name.sh" "$@"
    else
        target=validate_${name//-/_}
        step "build $name" build release --target "$target" && "build/release/tests/validation/$target" "$@"
    fi
}

if [ ${#args[@]} -gt 0 ]; then
    validations | grep -qxF -- "${args[0]}" ||
        die 2 "dev validate: no check '${args[0]}'; there are:" $(validations)
    validate "${args[@]}"
    exit
fi

short=""
for name in $(validations); do
    say "== $name"
    validate "$name" || short+=" $name"
done
say
[ -z "$short" ] || die 1 "dev validate: falls short:$short"
say "dev validate: all hold ($(validations | xargs))"
