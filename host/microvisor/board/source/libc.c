// What applications have of newlib on the device, and wasi-libc lacks or does otherwise.
#include <stdint.h>
#include <string.h>

#include "stm32u585_board.h"

/** assert() of wasi-libc ends here: the host reports it with the name of the task. */
_Noreturn void __assert_fail(const char *expression, const char *file, int line, const char *function) {
  mv_board_assert(expression, file, (uint32_t)line, function);
}

char *strnstr(const char *big, const char *little, size_t length) {
  const size_t size = strlen(little);
  for (; length >= size; big++, length--) {
    if (strncmp(big, little, size) == 0) return (char *)big;
    if (*big == '\0') return NULL;
  }
  return NULL;
}
