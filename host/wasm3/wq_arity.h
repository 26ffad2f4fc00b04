/*
 * Defines the functions of wasmqtt.h, whose parameters are all 32-bit words. A binding defines their bodies, as
 * WQ_BODY_NONE(name) and WQ_BODY(name, count, arguments...), and then writes WQ_EXPORTS(WQ_DEFINE).
 */
#ifndef WQ_ARITY_H
#define WQ_ARITY_H

#define WQ_DEFINE(count, name, part) WQ_DEFINE_##count(name)

#define WQ_DEFINE_0(name) \
  int32_t wq_##name(wq_core *core) { WQ_BODY_NONE(name) }
#define WQ_DEFINE_1(name) \
  int32_t wq_##name(wq_core *core, uint32_t a) { WQ_BODY(name, 1, a) }
#define WQ_DEFINE_2(name) \
  int32_t wq_##name(wq_core *core, uint32_t a, uint32_t b) { WQ_BODY(name, 2, a, b) }
#define WQ_DEFINE_3(name) \
  int32_t wq_##name(wq_core *core, uint32_t a, uint32_t b, uint32_t c) { WQ_BODY(name, 3, a, b, c) }
#define WQ_DEFINE_4(name) \
  int32_t wq_##name(wq_core *core, uint32_t a, uint32_t b, uint32_t c, uint32_t d) { WQ_BODY(name, 4, a, b, c, d) }
#define WQ_DEFINE_5(name)                                                                        \
  int32_t wq_##name(wq_core *core, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e) { \
    WQ_BODY(name, 5, a, b, c, d, e)                                                            \
  }
#define WQ_DEFINE_6(name)                                                                                    \
  int32_t wq_##name(wq_core *core, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f) { \
    WQ_BODY(name, 6, a, b, c, d, e, f)                                                                     \
  }
#define WQ_DEFINE_7(name)                                                                                    \
  int32_t wq_##name(wq_core *core, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f, \
                    uint32_t g) {                                                                            \
    WQ_BODY(name, 7, a, b, c, d, e, f, g)                                                                  \
  }
/** The largest number of parameters. */
#define WQ_MOST_PARAMETERS 7

#endif
