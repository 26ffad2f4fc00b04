/* Files and clocks of the machine that runs the emulator, by Arm semihosting. */
#ifndef DEVICE_SEMIHOSTING_H
#define DEVICE_SEMIHOSTING_H

#include <stdint.h>

enum { FILE_READ = 1, FILE_WRITE = 5 };

/** file_open returns a handle, or -1. */
int32_t file_open(const char *path, uint32_t mode);
void file_close(int32_t file);
/** file_length returns the bytes of a file, or -1. */
int32_t file_length(int32_t file);
/** file_read returns how many bytes it read: 0 at the end of what was written so far. */
uint32_t file_read(int32_t file, void *bytes, uint32_t capacity);
/** file_write returns 0 when it could not write everything. */
int file_write(int32_t file, const void *bytes, uint32_t length);

/** clock_microseconds returns the time since the start. */
uint64_t clock_microseconds(void);
/** clock_seconds returns the time since 1970. */
uint32_t clock_seconds(void);

#endif
