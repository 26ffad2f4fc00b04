/* The board under calls-driver.c: a broker whose bytes are written by hand, or one at the other end of a socket. */
#ifndef CALLS_BOARD_H
#define CALLS_BOARD_H

#include <stdint.h>

#include "wq_calls.h"

/* Bytes from and to the broker by hand. */
extern uint8_t to_device[1 << 14];
extern uint32_t to_device_count;
extern uint8_t from_device[1 << 14];
extern uint32_t from_device_count;
/* What the transport says when it has nothing more: 0, or a negative MvMqttRequestState. */
extern int32_t transport_failure;
/* Bytes that it takes, and gives, at once. */
extern uint32_t transport_piece;

void hand_transport(wq_calls_options *options);

/* calls-socket.c: TCP to a host and port of this machine, without TLS; in real time. */
int socket_transport(wq_calls_options *options, const char *port);
void socket_wait(uint32_t milliseconds);
uint64_t socket_clock(void);

#endif
