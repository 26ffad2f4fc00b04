# wasmqtt_embed(<target> <file> <name>) adds a library with a file as bytes: <name>.h declares `const uint8_t <name>[]` and
# `const uint32_t <name>_size`.
function(wasmqtt_embed target file name)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" digits HEX)
  string(LENGTH "${digits}" length)
  math(EXPR size "${length} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${digits}")
  file(WRITE "${folder}/${name}.h"
       "#include <stdint.h>\nextern const uint8_t ${name}[${size}];\nextern const uint32_t ${name}_size;\n")
  file(WRITE "${folder}/${name}.c"
       "#include \"${name}.h\"\nconst uint8_t ${name}[${size}] = {${bytes}};\nconst uint32_t ${name}_size = ${size};\n")
  add_library(${target} STATIC "${folder}/${name}.c")
  target_include_directories(${target} PUBLIC "${folder}")
endfunction()
