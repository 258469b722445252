# SPDX-License-Identifier: GPL-3.0-or-later
# Registered parts: one file + one line here + the oracle test, without which configuring fails.
#
#   titr_register(<kind> [LANEWISE] HEADER <layer/file.h> TESTS <tests folder> PARTS <name>...)
#
# adds <name>.c of the calling folder to the library (LANEWISE: once per variant) and a row to the
# registry of <kind>, which is generated once all folders have been read (titr_write_registries).

function(titr_register kind)
  cmake_parse_arguments(R "LANEWISE" "HEADER;TESTS" "PARTS" ${ARGN})
  foreach(name IN LISTS R_PARTS)
    if(TITR_TESTS AND NOT EXISTS ${PROJECT_SOURCE_DIR}/tests/${R_TESTS}/test_${name}.c)
      message(FATAL_ERROR "${kind} '${name}' has no oracle test: tests/${R_TESTS}/test_${name}.c")
    endif()
    if(R_LANEWISE)
      titr_lane_sources(${name}.c)
      set_property(GLOBAL PROPERTY TITR_LANEWISE_${kind} ON)
      set_property(GLOBAL APPEND PROPERTY TITR_LANEWISE_PARTS_${kind} ${name})
    else()
      target_sources(titrate PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${name}.c)
    endif()
    set_property(GLOBAL APPEND PROPERTY TITR_TEST_SOURCES
      ${PROJECT_SOURCE_DIR}/tests/${R_TESTS}/test_${name}.c)
  endforeach()
  set_property(GLOBAL APPEND PROPERTY TITR_PARTS_${kind} ${R_PARTS})
  set_property(GLOBAL PROPERTY TITR_HEADER_${kind} ${R_HEADER})
endfunction()

# Plain sources of the calling folder.
function(titr_sources)
  foreach(file IN LISTS ARGN)
    target_sources(titrate PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
endfunction()

# Tests of the calling folder, beyond those that registered parts bring.
function(titr_tests)
  foreach(file IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY TITR_TEST_SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
endfunction()

# titr_<kind>_all and titr_<kind>_find for every kind that has parts, and titr_<kind>_variant where
# some are lane-wise.
function(titr_write_registries)
  foreach(kind IN LISTS ARGN)
    get_property(names GLOBAL PROPERTY TITR_PARTS_${kind})
    get_property(header GLOBAL PROPERTY TITR_HEADER_${kind})
    if(NOT names)
      continue()
    endif()
    titr_registry_rows(externs rows ${kind} l1)
    set(wide "")
    get_property(lanewise GLOBAL PROPERTY TITR_LANEWISE_${kind})
    if(lanewise)
      titr_registry_wide(wide ${kind})
    endif()
    set(out ${CMAKE_BINARY_DIR}/registry_${kind}.c)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/registry.c.in ${out} @ONLY)
    target_sources(titrate PRIVATE ${out})
  endforeach()
endfunction()

# Declarations and table rows of a kind's parts as one variant has them; a part that is not lane-wise
# is there in the first variant only.
function(titr_registry_rows externs_out rows_out kind variant)
  get_property(names GLOBAL PROPERTY TITR_PARTS_${kind})
  get_property(lanewise GLOBAL PROPERTY TITR_LANEWISE_PARTS_${kind})
  set(externs "")
  set(rows "")
  foreach(name IN LISTS names)
    set(symbol "titr_${kind}_${name}")
    if(name IN_LIST lanewise)
      string(APPEND symbol "_${variant}")
    elseif(NOT variant STREQUAL "l1")
      string(APPEND rows "    NULL,\n")
      continue()
    endif()
    string(APPEND externs "extern const titr_${kind}_type ${symbol};\n")
    string(APPEND rows "    &${symbol},\n")
  endforeach()
  set(${externs_out} "${externs}" PARENT_SCOPE)
  set(${rows_out} "${rows}" PARENT_SCOPE)
endfunction()

function(titr_registry_wide result kind)
  set(declared "")
  set(table "")
  foreach(variant IN LISTS TITR_VARIANTS)
    titr_registry_rows(externs rows ${kind} ${variant})
    if(NOT variant STREQUAL "l1")
      string(APPEND declared "${externs}")
    endif()
    string(TOUPPER ${variant} id)
    string(APPEND table "[TITR_${id}] = {\n${rows}},\n")
  endforeach()
  set(${result} "${declared}
static const titr_${kind}_type *const
    variants[TITR_N_VARIANTS][sizeof all / sizeof all[0]] = {\n${table}};

const titr_${kind}_type *titr_${kind}_variant(const titr_${kind}_type *type, titr_variant variant)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i] == type) {
            return variants[variant][i];
        }
    }
    return variant == TITR_L1 ? type : NULL; /* not registered: one lane */
}
" PARENT_SCOPE)
endfunction()
