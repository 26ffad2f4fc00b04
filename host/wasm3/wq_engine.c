/*
 * wasm3 as one source: put its tree (0.5.0) on the include path. Compile it at -Os, -O2 or -O3: at -O0 and -O1 its operations
 * call each other instead of jumping, and the C stack overflows.
 */
#if defined(__GNUC__) && !defined(__OPTIMIZE__)
#error "wq_engine.c: compile it at -Os, -O2 or -O3"
#endif

#include "wq_m3_config.h"

/* First, since it defines the texts of errors. */
#include "m3_core.c"

#include "m3_bind.c"
#include "m3_code.c"
#include "m3_compile.c"
#include "m3_env.c"
#include "m3_exec.c"
#include "m3_function.c"
#include "m3_info.c"
#include "m3_parse.c"

/*
 * When an array of a module cannot grow, wasm3 0.5 forgets it, and later releases as many items as it had counted. So this
 * releases them at once, and sets the count to 0.
 */
static void *grow_array(IM3Module module, const void *holder, void *array, size_t size, size_t before) {
  void *const grown = m3_Realloc("array of a module", array, size, before);
  u32 i;
  if (grown) return grown;
  if (holder == &module->functions) {
    for (i = 0; i < module->allFunctions; i++) Function_Release(&module->functions[i]);
    module->numFunctions = 0;
  } else {
    for (i = 0; i < before / sizeof(M3Global); i++) {
      m3_Free(module->globals[i].name);
      FreeImportInfo(&module->globals[i].import);
    }
    module->numGlobals = 0;
  }
  m3_Free(array);
  return NULL;
}
#undef m3_ReallocArray
#define m3_ReallocArray(type, array, count, before) \
  (type *)grow_array(io_module, &(array), array, sizeof(type) * (count), sizeof(type) * (before))
#include "m3_module.c"
