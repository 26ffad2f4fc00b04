// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CMake writes its variables so.
import { describe, expect, it } from 'vitest';
import { read } from './read-files.js';

describe('CMake', () => {
  const sourcesOf = (lines: string[], definitions: string[] = []) =>
    read({ 'CMakeLists.txt': lines.join('\n'), 'a.c': '', 'b.c': '', 'src/c.c': '', 'src/d.cpp': '' }, { definitions })
      .sources;

  it('takes the branch whose condition holds', () => {
    const lines = [
      'if(WITH_B AND NOT (MODE STREQUAL "plain" OR WITH_B STREQUAL off))',
      '  set(FILES b.c)',
      'elseif(DEFINED MODE)',
      '  set(FILES a.c)',
      'else()',
      '  set(FILES src/c.c)',
      'endif()',
      'add_executable(app ${FILES})',
    ];
    expect(sourcesOf(lines, ['WITH_B=1', 'MODE=full'])).toEqual(['b.c']);
    expect(sourcesOf(lines, ['WITH_B=1', 'MODE=plain'])).toEqual(['a.c']);
    expect(sourcesOf(lines)).toEqual(['src/c.c']);
  });

  it('leaves out comments, functions that are not called, and branches within a branch that is not taken', () => {
    const lines = [
      '#[[ add_executable(app b.c)',
      ']]',
      'function(make) # it is not run',
      '  add_executable(app b.c)',
      'endfunction()',
      'if(OFF)',
      '  if(ON)',
      '    add_executable(app b.c)',
      '  else()',
      '    add_executable(app b.c)',
      '  endif()',
      'endif()',
      'add_executable(app a.c)',
    ];
    expect(sourcesOf(lines)).toEqual(['a.c']);
  });

  it('calls functions, whose variables are their own, but for what they set for their caller', () => {
    const lines = [
      'set(PREFIX outer)',
      'function(add_app NAME)',
      '  set(PREFIX inner)',
      '  if(ARGC LESS 2)',
      '    return()',
      '  endif()',
      '  add_executable(${NAME} ${ARGN})',
      '  set(LAST "${ARGV1}" PARENT_SCOPE)',
      'endfunction()',
      'Add_App(app a.c src/c.c)',
      'add_app(nothing)',
      'if(LAST STREQUAL "a.c" AND PREFIX STREQUAL "outer")',
      '  target_sources(app PRIVATE b.c)',
      'endif()',
    ];
    expect(sourcesOf(lines)).toEqual(['a.c', 'src/c.c', 'b.c']);
  });

  it('puts macros where they are called', () => {
    const lines = [
      'macro(add_sources LIST)',
      '  foreach(SOURCE ${ARGN})',
      '    list(APPEND ${LIST} ${SOURCE}.c)',
      '  endforeach()',
      'endmacro()',
      'add_sources(FILES a b)',
      'add_executable(app ${FILES})',
    ];
    expect(sourcesOf(lines)).toEqual(['a.c', 'b.c']);
  });

  it('goes through lists, items and ranges, and leaves loops', () => {
    const lines = [
      'set(ONE a)',
      'foreach(NAME IN LISTS ONE ITEMS b x)',
      '  if(NAME STREQUAL "x")',
      '    break()',
      '  endif()',
      '  list(APPEND FILES ${NAME}.c)',
      'endforeach()',
      'foreach(NUMBER RANGE 1 5 2)',
      '  if(NUMBER EQUAL 3)',
      '    continue()',
      '  endif()',
      '  add_compile_definitions(N${NUMBER})',
      'endforeach()',
      'while(NOT DONE)',
      '  set(DONE ON)',
      '  list(APPEND FILES src/c.c)',
      'endwhile()',
      'add_executable(app ${FILES})',
    ];
    const { sources, definitions } = read({ 'CMakeLists.txt': lines.join('\n'), 'a.c': '', 'b.c': '', 'src/c.c': '' });
    expect(sources).toEqual(['a.c', 'b.c', 'src/c.c']);
    expect(definitions).toEqual(['N1', 'N5']);
  });

  it('knows functions with named arguments, and the usual work on lists, strings and paths', () => {
    const lines = [
      'function(firmware)',
      '  cmake_parse_arguments(FW "DEBUG" "NAME" "SOURCES;DEFINES" ${ARGN})',
      '  list(TRANSFORM FW_SOURCES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")',
      '  list(FILTER FW_SOURCES EXCLUDE REGEX "_test\\.c$")',
      '  list(REMOVE_ITEM FW_SOURCES "${CMAKE_CURRENT_SOURCE_DIR}/b.c")',
      '  string(TOUPPER ${FW_NAME} UPPER)',
      '  string(REPLACE "-" "_" UPPER ${UPPER})',
      '  get_filename_component(STEM ${FW_SOURCES} NAME_WE)',
      '  add_executable(${FW_NAME} ${FW_SOURCES})',
      '  target_compile_definitions(${FW_NAME} PRIVATE ${FW_DEFINES} IS_${UPPER} STEM_${STEM})',
      '  if(FW_DEBUG)',
      '    add_compile_definitions(WITH_DEBUG)',
      '  endif()',
      'endfunction()',
      'firmware(NAME my-app DEBUG SOURCES a.c b.c a_test.c DEFINES X=1 Y)',
    ];
    const { sources, definitions, unread } = read({ 'CMakeLists.txt': lines.join('\n'), 'a.c': '', 'b.c': '' });
    expect(sources).toEqual(['a.c']);
    expect(definitions).toEqual(['X=1', 'Y', 'IS_MY_APP', 'STEM_a', 'WITH_DEBUG']);
    expect(unread).toEqual([]);
  });

  it('says with file and line what is not read', () => {
    const { unread } = read({
      'CMakeLists.txt': 'add_executable(app a.c $<$<CONFIG:Debug>:b.c>)\nadd_subdirectory(lib)',
      'lib/CMakeLists.txt': [
        'include(FetchContent)',
        'function(revision)',
        '  execute_process(COMMAND git rev-parse HEAD OUTPUT_VARIABLE REV)',
        'endfunction()',
        'revision()',
        'revision()',
        'string(TIMESTAMP NOW)',
        'message(STATUS "not worth a word")',
        'foreach(A B IN ZIP_LISTS C D)',
        'endforeach()',
      ].join('\n'),
      'a.c': '',
    });
    expect(unread).toEqual([
      'CMakeLists.txt:1: the generator expression $<$<CONFIG:Debug>:b.c>',
      'lib/CMakeLists.txt:1: include(FetchContent)',
      'lib/CMakeLists.txt:3: execute_process',
      'lib/CMakeLists.txt:7: string(TIMESTAMP)',
      'lib/CMakeLists.txt:9: this form of foreach',
    ]);
  });

  it.each([
    ['an if that is not closed', 'if(ON)\nadd_executable(app a.c)', /CMakeLists\.txt: line 1: if is not closed/],
    ['an end of nothing', 'endforeach()', /line 1: endforeach closes what was not opened/],
    ['an else of nothing', 'else()', /line 1: else stands outside of an if/],
    [
      'a function that calls itself',
      'function(f)\n  f()\nendfunction()\nf()',
      /line 2: f calls itself more than 100 times/,
    ],
    ['a loop without end', 'while(ON)\nendwhile()', /line 1: a while has gone round 10000 times/],
  ])('refuses %s', (_what, text, message) => {
    expect(() => read({ 'CMakeLists.txt': text, 'a.c': '' })).toThrow(message);
  });

  it('finds files by patterns, and appends to lists', () => {
    const lines = [
      'file(GLOB_RECURSE FOUND src/*.c src/*.cpp)',
      'list(APPEND FOUND a.c)',
      'add_executable(app ${FOUND})',
    ];
    expect(sourcesOf(lines)).toEqual(['src/c.c', 'src/d.cpp', 'a.c']);
  });

  it('takes definitions out of flags', () => {
    const { definitions } = read({
      'CMakeLists.txt': 'set(CMAKE_C_FLAGS "-Wall -DONE=1 -O2")\nadd_definitions(-DTWO)\nadd_executable(app a.c)',
      'a.c': '',
    });
    expect([...definitions].sort()).toEqual(['ONE=1', 'TWO']);
  });
});
