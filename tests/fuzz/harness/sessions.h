/* A client session, and what must hold for it. tests/fuzz/targets/session.c works with it. */
#ifndef FUZZ_SESSIONS_H
#define FUZZ_SESSIONS_H

#include "packets.h"

/** Bytes of output for every call that does not ask for less. */
#define SESSION_OUTPUT 64u
/** Bytes for received packets, and for what the views of the client's packets show. */
#define SESSION_INPUT 128u

typedef struct {
  /** the two places that the context moves between, and the one where it is */
  wq_ptr places[2], context;
  /** the record, the output and the bytes of all its packets */
  wq_ptr packet, output, input;
  /** bytes of the context */
  uint32_t size;
  /** the clock, milliseconds; how much it went on, and how much it went back */
  uint32_t now, passed, back;
} fuzz_session;
extern fuzz_session the_session;

/** The head of the context. */
const wq_session *session_head(void);

/** Makes a new session. Returns the result of session_init. */
int32_t session_begin(uint32_t send_capacity, uint32_t receive_capacity, uint32_t aliases, uint32_t flags,
                      uint32_t timeout);

/** Checks what holds for a context after every call. */
void session_check(void);

/** session_send with the record in its place, and this many bytes of output. */
void session_send(uint32_t capacity);

/** Decodes bytes of the server. When they are a packet, session_receive gets it. */
void session_receive(const uint8_t *bytes, uint32_t length, uint32_t capacity);

/** session_deadline and session_poll. */
void session_poll(uint32_t capacity);

/** Time passes: for a run together less than 2^31 milliseconds, beyond which times are not told apart. */
void session_pass(uint32_t milliseconds);

/** The clock goes back. */
void session_turn_back(uint32_t milliseconds);

/** Time passes, and then bytes of the server arrive that complete no packet. */
void session_arrive(uint32_t milliseconds);

/** The transport is gone. */
void session_lose(void);

/** Reads back a copy of the context in which one word is another. Whatever it is, nothing is written beyond its length. */
void session_tear(uint32_t word, uint32_t value);

/** Moves the context to its other place: it holds no addresses. */
void session_move(void);

#endif /* FUZZ_SESSIONS_H */
