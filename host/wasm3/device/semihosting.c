#include "semihosting.h"

#include <string.h>

enum { SYS_OPEN = 0x01, SYS_CLOSE = 0x02, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_FLEN = 0x0c, SYS_TIME = 0x11 };
enum { SYS_ELAPSED = 0x30, SYS_TICKFREQ = 0x31 };

static uint32_t call(uint32_t operation, void *block) {
  register uint32_t r0 __asm__("r0") = operation;
  register void *r1 __asm__("r1") = block;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

int32_t file_open(const char *path, uint32_t mode) {
  uint32_t block[3] = {(uint32_t)path, mode, (uint32_t)strlen(path)};
  return (int32_t)call(SYS_OPEN, block);
}

void file_close(int32_t file) {
  uint32_t block[1] = {(uint32_t)file};
  call(SYS_CLOSE, block);
}

int32_t file_length(int32_t file) {
  uint32_t block[1] = {(uint32_t)file};
  return (int32_t)call(SYS_FLEN, block);
}

/* SYS_READ and SYS_WRITE return how many bytes are left over. */
uint32_t file_read(int32_t file, void *bytes, uint32_t capacity) {
  uint32_t block[3] = {(uint32_t)file, (uint32_t)bytes, capacity};
  const uint32_t left = capacity ? call(SYS_READ, block) : 0;
  return left <= capacity ? capacity - left : 0;
}

int file_write(int32_t file, const void *bytes, uint32_t length) {
  uint32_t block[3] = {(uint32_t)file, (uint32_t)bytes, length};
  return length == 0 || call(SYS_WRITE, block) == 0;
}

uint64_t clock_microseconds(void) {
  static uint32_t frequency;
  uint64_t ticks = 0;
  call(SYS_ELAPSED, &ticks);
  if (!frequency) frequency = call(SYS_TICKFREQ, NULL);
  return ticks / (frequency / 1000000u);
}

uint32_t clock_seconds(void) { return call(SYS_TIME, NULL); }
