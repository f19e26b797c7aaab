# The embedded engine: DuckDB's official prebuilt shared library and headers of exactly the same version.
# scripts/setup puts both into a cache folder; version and checksums are pinned in scripts/duckdb.pin.
file(STRINGS ${CMAKE_SOURCE_DIR}/scripts/duckdb.pin LAKESMITH_DUCKDB_PIN REGEX "^version=")
string(REPLACE "version=" "" LAKESMITH_DUCKDB_VERSION "${LAKESMITH_DUCKDB_PIN}")

if(DEFINED ENV{XDG_CACHE_HOME})
  set(_cache $ENV{XDG_CACHE_HOME})
else()
  set(_cache $ENV{HOME}/.cache)
endif()
set(LAKESMITH_DUCKDB_ROOT "${_cache}/lakesmith/duckdb-${LAKESMITH_DUCKDB_VERSION}"
    CACHE PATH "Folder with include/duckdb.hpp and lib/libduckdb.so of DuckDB ${LAKESMITH_DUCKDB_VERSION}")

if(NOT EXISTS ${LAKESMITH_DUCKDB_ROOT}/lib/libduckdb.so OR NOT EXISTS ${LAKESMITH_DUCKDB_ROOT}/include/duckdb.hpp)
  message(FATAL_ERROR "DuckDB ${LAKESMITH_DUCKDB_VERSION} is not in ${LAKESMITH_DUCKDB_ROOT}.\n"
                      "Run scripts/setup, or give your own with -DLAKESMITH_DUCKDB_ROOT=DIR.")
endif()

add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION ${LAKESMITH_DUCKDB_ROOT}/lib/libduckdb.so
  INTERFACE_INCLUDE_DIRECTORIES ${LAKESMITH_DUCKDB_ROOT}/include)
