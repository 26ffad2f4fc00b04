/* A line to a broker on this machine, whose faults and clock belong to the test. */
#ifndef LINE_H
#define LINE_H

#include "core_memory.h"
#include "wq_client.h"

/** What the transport does on the first connection; later ones are sound. */
enum fault { SOUND, CUT_SENDING, CUT_RECEIVING, SENT_TOO_MUCH, RECEIVED_TOO_MUCH, SEND_NEGATIVE, RECEIVE_NEGATIVE, REFUSES_TO_OPEN, DEAF, STUCK };

struct line {
  int port, socket;
  enum fault fault;
  /** byte of the first connection from which on it fails */
  uint32_t fails_at;
  /** bytes that one call moves at most; 0: any */
  uint32_t most;
  /** whether every second call would block */
  int blocks;
  /** milliseconds */
  uint32_t now;
  /** how many there were, and bytes of the last */
  uint32_t connections, sent, received, calls;
};

extern struct line line;
void line_reset(int port);
extern const wq_client_transport line_transport;
/** Waits until the broker has sent something, a minute at most. Returns 0 when it did not. */
int line_wait(void);

#endif
