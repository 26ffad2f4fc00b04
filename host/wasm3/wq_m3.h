/*
 * wasm3 as bindings include it: with the sizes that it is compiled with, and with its internal structures, since its public
 * interface can neither limit memory nor compile single functions.
 */
#ifndef WQ_M3_H
#define WQ_M3_H

#include "wq_m3_config.h"
#include "m3_compile.h"
#include "m3_env.h"

/** wq_m3_is_memory returns whether a failure means that the heap ran out. */
static inline int wq_m3_is_memory(M3Result failure) {
  return failure == m3Err_mallocFailed || failure == m3Err_mallocFailedCodePage;
}

#endif
