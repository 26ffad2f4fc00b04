/* The board under driver.c: a broker whose bytes are in the script, or one at the other end of a socket. */
#ifndef CALLS_BOARD_H
#define CALLS_BOARD_H

#include <stdint.h>

#include "wq_calls.h"

/* Bytes from and to the broker of the script. */
extern uint8_t to_device[1 << 14];
extern uint32_t to_device_count;
extern uint8_t from_device[1 << 14];
extern uint32_t from_device_count;
/* What the transport returns when it has no more bytes: 0, or a negative MvMqttRequestState. */
extern int32_t transport_failure;
/* How many bytes it takes and returns at once. */
extern uint32_t transport_piece;

void hand_transport(wq_calls_options *options);

/* socket.c: TCP to a port of this machine, without TLS, in real time. */
int socket_transport(wq_calls_options *options, const char *port);
void socket_wait(uint32_t milliseconds);
uint64_t socket_clock(void);

#endif
