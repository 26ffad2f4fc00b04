/* The jobs that are measured: each runs in the core and, where there is a yardstick, in native C. */
#ifndef JOBS_H
#define JOBS_H

#include <stddef.h>

#include "wq_core.h"

/** What an application keeps in linear memory: one session with 8 messages in flight each way, and 2 KB buffers. */
typedef struct room {
  wq_packet packet;
  wq_property property;
  uint32_t error_offset;
  uint8_t session[WQ_SESSION_CONTEXT_HEADER + 16 * WQ_SESSION_CONTEXT_ENTRY];
  uint8_t input[2048];
  uint8_t output[2048];
} room;

typedef struct job {
  const char *name;
  /** Fills a room that begins at address `base`. */
  void (*prepare)(room *at, uint32_t base);
  int32_t (*core)(void);
  /** NULL where there is no yardstick. */
  int32_t (*native)(void);
  /** How many bytes of the input are changed, one by one, to see whether both still agree. */
  uint32_t changed;
} job;

extern const job jobs[];
extern const uint32_t job_count;

extern wq_core core;
/** The address of the core's room in linear memory. */
extern uint32_t core_base;
/** The room of native C. */
extern room native_room;

/* module.c and data.c, which build.ts writes. */
extern const uint8_t data_module[];
extern const uint32_t data_module_size;
extern const uint8_t data_certificate[];
extern const uint32_t data_certificate_size;

#endif
