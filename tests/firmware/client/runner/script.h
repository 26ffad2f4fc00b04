/* A client without a broker: the test is the server. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdint.h>

/** Follows the commands of standard input, a line each, and prints what the client sent and reported. */
int run_script(uint32_t version);

#endif
