/* The commands of calls-driver.c, and the words of the line that is being done. */
#ifndef CALLS_COMMANDS_H
#define CALLS_COMMANDS_H

#include <stdint.h>

#include "wq_calls.h"

#define RECORDS 16u
#define TAG 0x51u

extern struct MvNotification records[RECORDS];
extern MvNotificationHandle notifications;
extern MvNetworkHandle network;
extern MvChannelHandle channel;
extern MvChannelHandle other;
/* The pointers to structures, or those in them, are NULL. */
extern int null_pointers, null_nested;

extern char *words[32];
extern int word_count;

const char *word(int index);
uint32_t number(int index);
int is(const char *name);
/* "-" is no text, "*<n>" is n times x. */
struct MvSizedString text(int index);
const void *outer(const void *pointer);
void *out(void *pointer);
void *nested(void *pointer);
/* Prints the name of the command and the status. */
void say(enum MvStatus status);
/* 8,192 bytes, aligned as buffers of channels are. */
uint8_t *buffer(uint32_t which);

/* Each gives 0 for a line that is none of its commands. */
int device_command(void);
int mqtt_command(void);

#endif
