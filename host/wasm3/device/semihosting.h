/* Files and clocks of the machine that runs the emulator, by Arm semihosting. */
#ifndef DEVICE_SEMIHOSTING_H
#define DEVICE_SEMIHOSTING_H

#include <stdint.h>

enum { FILE_READ = 1, FILE_WRITE = 5 };

/** @return a handle, or -1 */
int32_t file_open(const char *path, uint32_t mode);
void file_close(int32_t file);
/** Bytes of a file, or -1. */
int32_t file_length(int32_t file);
/** @return the bytes that are there, 0 at the end of what was written so far */
uint32_t file_read(int32_t file, void *bytes, uint32_t capacity);
/** @return 0 when not all could be written */
int file_write(int32_t file, const void *bytes, uint32_t length);

/** Microseconds since the start. */
uint64_t clock_microseconds(void);
/** Seconds since 1970. */
uint32_t clock_seconds(void);

#endif
