# Compiler settings that hold for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON) # TRY is a statement expression.
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g0")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# Warnings are kept from third-party headers by -isystem; ours are errors.
set(LAKESMITH_WARNINGS -Wall -Wextra -Werror -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # The fuzzers' compiler, which warns in headers of GCC's library too.
  list(APPEND LAKESMITH_WARNINGS -Wno-error)
endif()

set(LAKESMITH_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")
if(LAKESMITH_SANITIZE)
  add_compile_options(-fsanitize=${LAKESMITH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${LAKESMITH_SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # A precompiled header is used by the DuckDB adapter: ccache needs to be told that times do not matter.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()

# Several files of a module are compiled as one: a whole build then takes a fifth of the time. Names of anonymous
# namespaces must so differ within a module, which is as well for readers. The unoptimised presets compile each file alone.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(unity_default ON)
else()
  set(unity_default OFF)
endif()
option(LAKESMITH_UNITY "Compile several files at once" ${unity_default})
set(CMAKE_UNITY_BUILD ${LAKESMITH_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
if(LAKESMITH_UNITY)
  add_compile_options(-Wno-subobject-linkage) # Says of each file that it is not the main one.
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
