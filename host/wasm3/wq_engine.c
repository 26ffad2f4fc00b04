/*
 * wasm3 as one source: put its tree (0.5.0) on the include path. It must be compiled at -Os, -O2 or -O3: at -O0 and -O1 its
 * operations call each other instead of jumping, and the C stack overflows.
 */
#if defined(__GNUC__) && !defined(__OPTIMIZE__)
#error "wq_engine.c: compile it at -Os, -O2 or -O3"
#endif

#include "wq_m3_config.h"

/* First, since the texts of errors are defined here. */
#include "m3_core.c"

#include "m3_bind.c"
#include "m3_code.c"
#include "m3_compile.c"
#include "m3_env.c"
#include "m3_exec.c"
#include "m3_function.c"
#include "m3_info.c"
#include "m3_module.c"
#include "m3_parse.c"
