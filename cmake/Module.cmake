# lakesmith_module(NAME [HEADERS ...] [SOURCES ...] [TESTS ...] [DEPENDS ...] [PRIVATE_LIBRARIES ...])
#
# One static library `lakesmith::NAME` per folder of src/, with warnings as errors, a check that each header
# compiles alone, and one GoogleTest program `NAME_test` of its TESTS. DEPENDS are other modules and are public;
# third parties go into PRIVATE_LIBRARIES.
function(lakesmith_module name)
  cmake_parse_arguments(arg "" "" "HEADERS;SOURCES;TESTS;DEPENDS;PRIVATE_LIBRARIES" ${ARGN})

  add_library(${name} STATIC ${arg_SOURCES})
  add_library(lakesmith::${name} ALIAS ${name})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/src FILES ${arg_HEADERS})
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON OUTPUT_NAME lakesmith_${name})
  target_compile_options(${name} PRIVATE ${LAKESMITH_WARNINGS})
  target_link_libraries(${name} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_LIBRARIES} Threads::Threads)

  if(arg_TESTS)
    add_executable(${name}_test ${arg_TESTS})
    target_compile_options(${name}_test PRIVATE ${LAKESMITH_WARNINGS})
    target_compile_definitions(${name}_test PRIVATE LAKESMITH_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name}_test PRIVATE lakesmith::${name} ${arg_PRIVATE_LIBRARIES} GTest::gmock GTest::gtest_main)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 900)
  endif()
endfunction()
