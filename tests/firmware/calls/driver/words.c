#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct MvNotification records[RECORDS];
MvNotificationHandle notifications;
MvNetworkHandle network;
MvChannelHandle channel;
MvChannelHandle other;
int null_pointers, null_nested;
char *words[32];
int word_count;
static char large[1 << 13];

uint8_t *buffer(uint32_t which) {
  static uint8_t area[9 * 8192 + 512];
  uint8_t *const start = area + (512u - (uintptr_t)area % 512u);
  return start + which * 8192u;
}

const char *word(int index) { return index < word_count ? words[index] : ""; }

uint32_t number(int index) { return (uint32_t)strtoul(word(index), NULL, 10); }

int is(const char *name) { return strcmp(words[0], name) == 0; }

const void *outer(const void *pointer) { return null_pointers ? NULL : pointer; }

void *out(void *pointer) { return null_pointers ? NULL : pointer; }

void *nested(void *pointer) { return null_nested ? NULL : pointer; }

void say(enum MvStatus status) { printf("%s %d", words[0], (int)status); }

struct MvSizedString text(int index) {
  struct MvSizedString string;
  string.data = (const uint8_t *)word(index);
  string.length = (uint32_t)strlen(word(index));
  if (strcmp(word(index), "-") == 0) string.length = 0;
  if (word(index)[0] != '*') return string;
  string.length = (uint32_t)strtoul(word(index) + 1, NULL, 10);
  memset(large, 'x', string.length);
  string.data = (const uint8_t *)large;
  return string;
}
