# SPDX-License-Identifier: GPL-3.0-or-later
# Third-party libraries, gathered in one interface target. Which folder may include which is held by
# tests/lint. TITR_SUNDIALS_DIR points at an optimised build of the distribution's own source.
find_package(PkgConfig REQUIRED)
find_package(OpenMP COMPONENTS C)
pkg_check_modules(LIBCONFIG REQUIRED IMPORTED_TARGET libconfig)
pkg_check_modules(GSL REQUIRED IMPORTED_TARGET gsl)
# GSL brings a BLAS of its own, 12 to 14 times slower: what is linked first counts
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
set(HDF5_PREFER_PARALLEL OFF)
find_package(HDF5 1.10 REQUIRED COMPONENTS C HL) # not pkg-config hdf5: that is the MPI build
find_package(ZLIB REQUIRED) # chunks are deflated outside of HDF5 and its lock

set(TITR_SUNDIALS_DIR "" CACHE PATH "prefix of an optimised SUNDIALS; empty = the packaged one")
if(TITR_SUNDIALS_DIR AND NOT EXISTS ${TITR_SUNDIALS_DIR}/lib/cmake/sundials)
  message(FATAL_ERROR "no SUNDIALS in TITR_SUNDIALS_DIR = ${TITR_SUNDIALS_DIR}")
endif()
# looked for afresh each time, so that a build tree can go from one library to the other
unset(SUNDIALS_DIR CACHE)
if(TITR_SUNDIALS_DIR)
  set(SUNDIALS_DIR "${TITR_SUNDIALS_DIR}/lib/cmake/sundials" CACHE PATH "" FORCE)
endif()
find_package(SUNDIALS 6.4 CONFIG REQUIRED
  COMPONENTS cvode nvecserial sunmatrixdense sunlinsoldense sunnonlinsolfixedpoint)
if(TITR_SUNDIALS_DIR)
  set(build "optimised")
else()
  set(build "packaged")
endif()
message(STATUS "SUNDIALS ${SUNDIALS_VERSION} (${build})")
# for the program's --version and the manifest of a run
set_source_files_properties(${PROJECT_SOURCE_DIR}/sim/solve/version.c
  PROPERTIES COMPILE_DEFINITIONS TITR_SUNDIALS_BUILD="${build}")

add_library(titr_third_party INTERFACE)
target_link_libraries(titr_third_party INTERFACE PkgConfig::OPENBLAS
  SUNDIALS::cvode SUNDIALS::nvecserial SUNDIALS::sunmatrixdense SUNDIALS::sunlinsoldense
  SUNDIALS::sunnonlinsolfixedpoint hdf5::hdf5 hdf5::hdf5_hl ZLIB::ZLIB PkgConfig::LIBCONFIG PkgConfig::GSL)
if(OpenMP_C_FOUND)
  target_link_libraries(titr_third_party INTERFACE OpenMP::OpenMP_C)
else()
  message(STATUS "no OpenMP for this compiler: one thread")
  # its pragmas are then unknown ones
  target_compile_options(titr_third_party INTERFACE -Wno-unknown-pragmas)
endif()
