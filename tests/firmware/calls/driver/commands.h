/* The state of the application of driver.c, the words of the current line, and the commands by file. */
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
/* Whether pointers to structures have to be NULL, or those in structures. */
extern int null_pointers, null_nested;

extern char *words[32];
extern int word_count;

const char *word(int index);
uint32_t number(int index);
int is(const char *name);
/* A word as text: "-" is none, "*<n>" is n times x. */
struct MvSizedString text(int index);
const void *outer(const void *pointer);
void *out(void *pointer);
void *nested(void *pointer);
/* Prints the name of the command and the status. */
void say(enum MvStatus status);
/* 8,192 bytes, aligned as buffers of channels are. */
uint8_t *buffer(uint32_t which);

/* Each runs the line if it is one of its commands. Returns whether it is. */
int device_command(void);
int mqtt_command(void);

#endif
