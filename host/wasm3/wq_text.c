/* Names and texts of result codes. Leave this file out where flash is scarce. */
#define WQ_RESULT_TEXT
#include "wasmqtt.h"
