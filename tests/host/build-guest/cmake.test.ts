// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CMake writes its variables so.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApplication } from '../../../host/build-guest/read-application.js';
import { application, NONE, read } from './read-files.js';

/** The layout of a public application: a folder of its own beside ST's code, the HAL and FreeRTOS. */
const layout = {
  'CMakeLists.txt': [
    'cmake_minimum_required(VERSION 3.13)',
    'project(demo VERSION 2.1.0 LANGUAGES C ASM)',
    'set(APP_NAME "A demo")',
    'set(BUILD_NUM $ENV{BUILD})',
    'add_compile_definitions(USE_HAL_DRIVER STM32U585xx)',
    'add_subdirectory(ST_Code)',
    'add_subdirectory(App)',
    'add_subdirectory(twilio-microvisor-hal-stm32u5) # a submodule that is not needed',
  ].join('\n'),
  'App/CMakeLists.txt': [
    'configure_file(app_version.in "${CMAKE_CURRENT_SOURCE_DIR}/app_version.h" @ONLY)',
    'set(SOURCES main.c',
    '  logging.c freertos_thread.c)',
    'add_executable(${PROJECT_NAME}.elf ${SOURCES} ../ST_Code/startup_stm32u585xx.s)',
    'add_subdirectory(cifra)',
    'target_link_libraries(${PROJECT_NAME}.elf LINK_PUBLIC ST_Code cifra)',
    'target_compile_definitions(${PROJECT_NAME}.elf PRIVATE APP_NAME="${APP_NAME}" LOG_DEBUG_MESSAGES)',
    'target_include_directories(${PROJECT_NAME}.elf PUBLIC ../Config)',
  ].join('\n'),
  'App/app_version.in':
    '#define VERSION "@PROJECT_VERSION@"\n#define BUILD "@BUILD_NUM@"\n#define KEPT "${BUILD_NUM}"\n',
  'App/main.c': '',
  'App/logging.c': '',
  'App/freertos_thread.c': '',
  'App/cifra/CMakeLists.txt': 'add_library(cifra STATIC sha256.c)\nadd_library(unused other.c)',
  'App/cifra/sha256.c': '',
  'Config/FreeRTOSConfig.h': '',
  'ST_Code/CMakeLists.txt': 'add_library(ST_Code system_stm32u5xx.c Core/main_clock.c)',
  'ST_Code/system_stm32u5xx.c': '',
  'ST_Code/Core/main_clock.c': '',
  'ST_Code/startup_stm32u585xx.s': '',
};

describe('an application', () => {
  it('has the sources of its executable and of its libraries; start-up, ST and HAL are left out', () => {
    expect(read(layout).sources).toEqual([
      'App/main.c',
      'App/logging.c',
      'App/freertos_thread.c',
      'App/cifra/sha256.c',
    ]);
  });

  it('has the definitions of CMake and of the command line, with the quotes that the compiler needs', () => {
    const { definitions } = read(layout, { definitions: ['EXTRA=7'] });
    expect(definitions).toEqual([
      'USE_HAL_DRIVER',
      'STM32U585xx',
      'APP_NAME="A demo"',
      'LOG_DEBUG_MESSAGES',
      'EXTRA=7',
    ]);
  });

  it('has the header that configure_file makes, by the rules of @ONLY, and writes nothing into the folder', () => {
    const { generated } = read(layout, { environment: { BUILD: '42' } });
    const text = '#define VERSION "2.1.0"\n#define BUILD "42"\n#define KEPT "${BUILD_NUM}"\n';
    expect(generated).toEqual([{ name: 'app_version.h', text }]);
  });

  it('includes the folders that CMake names, and last those in which other headers lie', () => {
    const { includes, otherIncludes } = read({ ...layout, 'App/inc/work.h': '' });
    expect(includes).toEqual(['Config']);
    expect(otherIncludes).toEqual(['App/inc']);
  });

  it('finds its FreeRTOSConfig.h among what is left out', () => {
    const { 'Config/FreeRTOSConfig.h': _, ...rest } = layout;
    expect(read({ ...rest, 'ST_Code/Core/FreeRTOSConfig.h': '' }).otherIncludes).toContain('ST_Code/Core');
  });

  it('without a CMakeLists.txt is what --source names', () => {
    const root = application({ 'main.c': '' });
    const { sources } = readApplication(root, { ...NONE, sources: [join(root, 'main.c')] });
    expect(sources).toEqual([join(root, 'main.c')]);
    expect(() => readApplication(root, NONE)).toThrow('has no CMakeLists.txt; name its sources with --source');
  });

  it.each([
    ['a source that is not there', 'add_executable(app main.c)', /names what is not there: main\.c/],
    [
      'a folder that is not there',
      'add_subdirectory(lib)\nadd_executable(app)',
      /not there: lib; if it is a submodule/,
    ],
    ['no executable', 'add_library(app main.c)', /names no source in C or C\+\+ of an executable/],
    [
      'a parenthesis that is not closed',
      'add_executable(app\nmain.c',
      /CMakeLists\.txt: line 1: the command add_executable is not closed/,
    ],
  ])('is refused when it has %s', (_what, cmake, message) => {
    expect(() => read({ 'CMakeLists.txt': cmake })).toThrow(message);
  });
});
