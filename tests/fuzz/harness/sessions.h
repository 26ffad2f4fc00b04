/* A client session with what has to hold of it: see tests/fuzz/targets/session.c for what is done with it. */
#ifndef FUZZ_SESSIONS_H
#define FUZZ_SESSIONS_H

#include "packets.h"

/** Bytes of the output that every call has, unless it is given less. */
#define SESSION_OUTPUT 64u
/** Bytes of packets that are received, and of what the client's packets show. */
#define SESSION_INPUT 128u

typedef struct {
  /** where its context lies: one of two places, between which it may be moved */
  wq_ptr places[2], context;
  /** the record, the output and the bytes of all its packets */
  wq_ptr packet, output, input;
  /** bytes of the context */
  uint32_t size;
  /** the clock, milliseconds */
  uint32_t now;
} fuzz_session;
extern fuzz_session the_session;

/** The head of the context. */
const wq_session *session_head(void);

/** Makes a new session; gives what session_init gives. */
int32_t session_begin(uint32_t send_capacity, uint32_t receive_capacity, uint32_t aliases, uint32_t flags,
                      uint32_t timeout);

/** What holds of a context after every call. */
void session_check(void);

/** session_send with the record that is in its place, and room for so many bytes. */
void session_send(uint32_t capacity);

/** Decodes bytes of the server and, when they are a packet, gives it to session_receive. */
void session_receive(const uint8_t *bytes, uint32_t length, uint32_t capacity);

/** session_deadline and session_poll. */
void session_poll(uint32_t capacity);

/** The transport is gone. */
void session_lose(void);

/** A context holds no addresses: it is moved to its other place. */
void session_move(void);

#endif /* FUZZ_SESSIONS_H */
