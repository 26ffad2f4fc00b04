# A file for cmake --toolchain: an emulated Cortex-M33 (qemu-system-arm -M musca-b1).
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m33)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_C_FLAGS_INIT "-mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16 -ffunction-sections -fdata-sections")
# CMake's test of the compiler has no startup code to link a program with.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

# musca_b1_program(<target>) adds what runs from reset to main(), with files and output of the host.
set(MUSCA_B1 "${CMAKE_CURRENT_LIST_DIR}")
function(musca_b1_program target)
  target_sources(${target} PRIVATE "${MUSCA_B1}/start.c")
  target_link_options(${target} PRIVATE -nostartfiles --specs=rdimon.specs -T "${MUSCA_B1}/musca-b1.ld" -Wl,--gc-sections
                      -Wl,--no-warn-rwx-segments)
endfunction()
