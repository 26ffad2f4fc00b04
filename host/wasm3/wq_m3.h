/*
 * What bindings see of wasm3: with the sizes that it was compiled with, and its structures, since limits and
 * single functions have no other face.
 */
#ifndef WQ_M3_H
#define WQ_M3_H

#include "wq_m3_config.h"
#include "m3_compile.h"
#include "m3_env.h"

/** Whether a failure says that the heap has no more. */
static inline int wq_m3_is_memory(M3Result failure) {
  return failure == m3Err_mallocFailed || failure == m3Err_mallocFailedCodePage;
}

#endif
