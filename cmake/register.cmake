# SPDX-License-Identifier: GPL-3.0-or-later
# Registered parts: one file + one line here + the oracle test, without which configuring fails.
#
#   titr_register(<kind> HEADER <layer/file.h> TESTS <tests folder> PARTS <name>...)
#
# adds <name>.c of the calling folder to the library and a row to the registry of <kind>, which is
# generated once all folders have been read (titr_write_registries).

set(TITR_MODEL_LANES 1 8) # widths every model is compiled for

function(titr_register kind)
  cmake_parse_arguments(R "" "HEADER;TESTS" "PARTS" ${ARGN})
  foreach(name IN LISTS R_PARTS)
    if(TITR_TESTS AND NOT EXISTS ${PROJECT_SOURCE_DIR}/tests/${R_TESTS}/test_${name}.c)
      message(FATAL_ERROR "${kind} '${name}' has no oracle test: tests/${R_TESTS}/test_${name}.c")
    endif()
    if(kind STREQUAL "model")
      titr_model_widths(${name})
    else()
      target_sources(titrate PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${name}.c)
    endif()
    set_property(GLOBAL APPEND PROPERTY TITR_TEST_SOURCES
      ${PROJECT_SOURCE_DIR}/tests/${R_TESTS}/test_${name}.c)
  endforeach()
  set_property(GLOBAL APPEND PROPERTY TITR_PARTS_${kind} ${R_PARTS})
  set_property(GLOBAL PROPERTY TITR_HEADER_${kind} ${R_HEADER})
endfunction()

# A model's one source, compiled once per lane width.
function(titr_model_widths name)
  foreach(lanes IN LISTS TITR_MODEL_LANES)
    set(target titr_model_${name}_l${lanes})
    add_library(${target} OBJECT ${CMAKE_CURRENT_SOURCE_DIR}/${name}.c)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include)
    target_compile_definitions(${target} PRIVATE TITR_LANES=${lanes})
    target_link_libraries(${target} PRIVATE titr_flags)
    target_sources(titrate PRIVATE $<TARGET_OBJECTS:${target}>)
  endforeach()
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

# titr_<kind>_all and titr_<kind>_find for every kind that has parts.
function(titr_write_registries)
  foreach(kind IN LISTS ARGN)
    get_property(names GLOBAL PROPERTY TITR_PARTS_${kind})
    get_property(header GLOBAL PROPERTY TITR_HEADER_${kind})
    if(NOT names)
      continue()
    endif()
    set(suffix "")
    if(kind STREQUAL "model")
      set(suffix "_l1")
    endif()
    set(externs "")
    set(rows "")
    foreach(name IN LISTS names)
      string(APPEND externs "extern const titr_${kind}_type titr_${kind}_${name}${suffix};\n")
      string(APPEND rows "    &titr_${kind}_${name}${suffix},\n")
    endforeach()
    set(wide "")
    if(kind STREQUAL "model")
      titr_wide_registry(wide ${names})
    endif()
    set(out ${CMAKE_BINARY_DIR}/registry_${kind}.c)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/registry.c.in ${out} @ONLY)
    target_sources(titrate PRIVATE ${out})
  endforeach()
endfunction()

function(titr_wide_registry result)
  set(externs "")
  set(rows "")
  foreach(name IN LISTS ARGN)
    foreach(lanes IN LISTS TITR_MODEL_LANES)
      if(NOT lanes EQUAL 1)
        string(APPEND externs "extern const titr_model_type titr_model_${name}_l${lanes};\n")
      endif()
      string(APPEND rows "    &titr_model_${name}_l${lanes},\n")
    endforeach()
  endforeach()
  set(${result} "${externs}
static const titr_model_type *const wide[] = {
${rows}};

const titr_model_type *titr_model_find_lanes(const char *name, size_t lanes)
{
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (wide[i]->lanes == lanes && strcmp(wide[i]->part.name, name) == 0) {
            return wide[i];
        }
    }
    return NULL;
}
" PARENT_SCOPE)
endfunction()
