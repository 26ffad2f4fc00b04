# Checks that the operations of wasm3 jump to one another. If they call instead, every operation takes C stack until the end.
#   cmake -DOBJDUMP=arm-none-eabi-objdump -DOBJECT=engine.o -P cmake/check-tail-calls.cmake
# OBJECT is the object of wq_engine.c or a library with it, for Arm (Thumb) or x86-64, without link-time optimisation.
cmake_minimum_required(VERSION 3.16)

# Calls of WASM are calls of C, and so are loops, to which control comes back.
set(MAY_CALL op_Call op_CallIndirect op_CallRawFunction op_Loop)

execute_process(
  COMMAND "${OBJDUMP}" -d --no-show-raw-insn "${OBJECT}"
  OUTPUT_VARIABLE code
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "check-tail-calls: ${OBJDUMP} cannot read ${OBJECT}")
endif()
# A list of lines, without the characters that have a meaning in CMake lists.
string(REGEX REPLACE "[][;]" " " code "${code}")
string(REPLACE "\n" ";" lines "${code}")

set(operation "")
set(count 0)
set(calling "")
foreach(line IN LISTS lines)
  if(line MATCHES "^[0-9a-f]+ <([^>]*)>:")
    set(operation "${CMAKE_MATCH_1}")
    if(operation MATCHES "^op_")
      math(EXPR count "${count} + 1")
    endif()
  elseif(operation MATCHES "^op_" AND line MATCHES "\t(blx[ \t]+r|callq?[ \t]+\\*)")
    list(APPEND calling "${operation}")
  endif()
endforeach()

list(REMOVE_DUPLICATES calling)
list(REMOVE_ITEM calling ${MAY_CALL})
list(LENGTH calling bad)
if(count LESS 200)
  message(FATAL_ERROR "check-tail-calls: ${count} operations of wasm3 in ${OBJECT}: this is not wq_engine.c, or not machine code "
                      "(link-time optimisation). To skip this check: -DWASMQTT_CHECK_TAIL_CALLS=OFF")
elseif(bad GREATER 0)
  list(GET calling 0 first)
  message(FATAL_ERROR "check-tail-calls: ${bad} of ${count} operations call the next one, ${first} first; compile at -Os, -O2 or -O3")
endif()
message(STATUS "check-tail-calls: ${count} operations jump")
