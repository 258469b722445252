# SPDX-License-Identifier: GPL-3.0-or-later
# Lane-wise sources are compiled once per variant (titrate/base/variant.h has the same list). The
# sets of instructions are only those whose vectors are wanted; sim/base/variant.c asks for the same.
set(TITR_VARIANTS l1 l8)
set(TITR_LANES_l1 1)
set(TITR_LANES_l8 8)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  list(APPEND TITR_VARIANTS l8_avx2 l8_avx512)
  set(TITR_LANES_l8_avx2 8)
  set(TITR_FLAGS_l8_avx2 -mavx2)
  set(TITR_LANES_l8_avx512 8)
  set(TITR_FLAGS_l8_avx512 -mavx512f -mavx512dq -mavx512vl -mprefer-vector-width=512)
endif()

# "omp simd" keeps a compiler from unrolling a loop over lanes before it can become a vector.
set(TITR_LANE_OPTIONS -fopenmp-simd)
if(CMAKE_C_COMPILER_ID MATCHES Clang)
  # where it cannot (little optimisation), clang would warn
  list(APPEND TITR_LANE_OPTIONS -Wno-pass-failed)
elseif(CMAKE_C_COMPILER_ID STREQUAL GNU)
  # GCC would make calls of memcpy out of loops over a few lanes, and of a select with a constant two ways
  # through all that follows it
  list(APPEND TITR_LANE_OPTIONS -fno-tree-loop-distribute-patterns -fno-tree-pre -fno-thread-jumps)
endif()

foreach(variant IN LISTS TITR_VARIANTS)
  add_library(titr_${variant} OBJECT)
  target_include_directories(titr_${variant} PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_compile_definitions(titr_${variant} PRIVATE
    _POSIX_C_SOURCE=200809L TITR_LANES=${TITR_LANES_${variant}} TITR_VARIANT=${variant})
  target_compile_options(titr_${variant} PRIVATE ${TITR_LANE_OPTIONS} ${TITR_FLAGS_${variant}})
  target_link_libraries(titr_${variant} PRIVATE titr_flags)
  target_sources(titrate PRIVATE $<TARGET_OBJECTS:titr_${variant}>)
endforeach()

# Lane-wise sources of the calling folder.
function(titr_lane_sources)
  foreach(file IN LISTS ARGN)
    foreach(variant IN LISTS TITR_VARIANTS)
      target_sources(titr_${variant} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    endforeach()
  endforeach()
endfunction()
