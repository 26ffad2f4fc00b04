/* Before every source of an application: what it has of newlib on the device, and wasi-libc lacks. */
#ifndef MV_BOARD_PRELUDE_H
#define MV_BOARD_PRELUDE_H

#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

typedef unsigned int uint;

#ifdef __cplusplus
extern "C" {
#endif

/** The first place of `little` in the first `length` characters of `big`, or NULL. Ends at the end of `big`. */
char *strnstr(const char *big, const char *little, size_t length);

#ifdef __cplusplus
}
#endif

#endif /* MV_BOARD_PRELUDE_H */
