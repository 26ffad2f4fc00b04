/*
 * How wasm3 is compiled for the core. The sizes determine the layout of its structures, so every source that includes them
 * must use the same: wq_engine.c and wq_wasm3.c take them from here.
 */
#ifndef WQ_M3_CONFIG_H
#define WQ_M3_CONFIG_H

#include <stddef.h> /* wasm3 0.5 does not include it */

/** How many names of a function are kept. The core's functions have one each. */
#ifndef d_m3MaxDuplicateFunctionImpl
#define d_m3MaxDuplicateFunctionImpl 1
#endif
/** Slots of the operand stack while a function is compiled. The largest function of the core needs fewer. */
#ifndef d_m3MaxFunctionStackHeight
#define d_m3MaxFunctionStackHeight 128
#endif
/** Bytes by which the memory for code grows. */
#ifndef d_m3CodePageAlignSize
#define d_m3CodePageAlignSize 1024
#endif
/** How many constants of a function are kept in slots. */
#ifndef d_m3MaxConstantTableSize
#define d_m3MaxConstantTableSize 64
#endif
#ifndef d_m3VerboseErrorMessages
#define d_m3VerboseErrorMessages 0
#endif
/* The core has no floating point. */
#ifndef d_m3HasFloat
#define d_m3HasFloat 0
#endif

#endif
