# The installed folder runs on other machines: what Debian ships as an archive is linked from it, other libraries are
# installed beside DuckDB's. The C and C++ runtimes stay those of the system.

# Makes an imported target of a shared library stand for the archive beside it, when there is one.
function(lakesmith_link_archive target)
  foreach(property IN ITEMS IMPORTED_LOCATION IMPORTED_LOCATION_NONE IMPORTED_LOCATION_RELEASE
                   IMPORTED_LOCATION_RELWITHDEBINFO INTERFACE_LINK_LIBRARIES)
    get_target_property(places ${target} ${property})
    if(NOT places)
      continue()
    endif()
    set(archives)
    foreach(place IN LISTS places)
      string(REGEX REPLACE "[.]so[.0-9]*$" ".a" archive "${place}")
      if(IS_ABSOLUTE "${archive}" AND EXISTS "${archive}")
        list(APPEND archives "${archive}")
      else()
        list(APPEND archives "${place}")
      endif()
    endforeach()
    set_target_properties(${target} PROPERTIES ${property} "${archives}")
  endforeach()
endfunction()

# Installs a shared library under the name that programs ask for.
function(lakesmith_install_library target)
  foreach(suffix IN ITEMS "" _NONE _RELEASE _RELWITHDEBINFO)
    get_target_property(place ${target} IMPORTED_LOCATION${suffix})
    get_target_property(name ${target} IMPORTED_SONAME${suffix})
    if(place AND name)
      file(REAL_PATH "${place}" file)
      install(FILES "${file}" DESTINATION lib RENAME "${name}")
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "${target}: neither archive nor shared library is known")
endfunction()

foreach(_target IN ITEMS yaml-cpp SQLite::SQLite3 ZLIB::ZLIB PkgConfig::PCRE2 PkgConfig::LIBEDIT PkgConfig::LIBSODIUM)
  lakesmith_link_archive(${_target})
endforeach()
# What the archive of libedit needs.
foreach(_name IN ITEMS tinfo bsd md)
  find_library(LAKESMITH_${_name}_ARCHIVE lib${_name}.a)
  if(LAKESMITH_${_name}_ARCHIVE)
    target_link_libraries(PkgConfig::LIBEDIT INTERFACE ${LAKESMITH_${_name}_ARCHIVE})
  endif()
endforeach()

foreach(_target IN ITEMS fmt::fmt simdjson::simdjson date::date-tz)
  lakesmith_install_library(${_target})
endforeach()
install(FILES ${LAKESMITH_DUCKDB_ROOT}/lib/libduckdb.so DESTINATION lib)
