/* Topic Names, Topic Filters and their match (4.7, 4.8.2), compared with a model that splits them into levels. */
#include "rig.h"

typedef struct {
  const uint8_t *at, *end;
} text;

/* Takes the next level; 0 when there is none. A text that has been taken whole ends before its beginning. */
static int next_level(text *rest, text *level) {
  const uint8_t *slash;
  if (rest->at > rest->end) return 0;
  slash = rest->at == rest->end ? NULL : memchr(rest->at, '/', (size_t)(rest->end - rest->at));
  level->at = rest->at;
  level->end = slash ? slash : rest->end;
  rest->at = level->end + 1;
  return 1;
}

static int is(text level, const char *word) {
  return (size_t)(level.end - level.at) == strlen(word) && memcmp(level.at, word, strlen(word)) == 0;
}

static int has(text level, char c) {
  return level.at < level.end && memchr(level.at, c, (size_t)(level.end - level.at)) != NULL;
}

static int32_t name_fault(text name) {
  if (name.at == name.end) return WQ_RESULT_TOPIC_EMPTY;
  return has(name, '+') || has(name, '#') ? WQ_RESULT_TOPIC_WILDCARD : 0;
}

/* What is wrong with a level. `last`: no other follows. */
static int32_t level_fault(text level, int last) {
  const uint8_t *at;
  for (at = level.at; at < level.end; at++) {
    if (*at == '#' && !(is(level, "#") && last)) return WQ_RESULT_FILTER_WILDCARD_MISPLACED;
    if (*at == '+' && !is(level, "+")) return WQ_RESULT_FILTER_PLUS_MISPLACED;
  }
  return 0;
}

static int32_t filter_fault(text filter, uint32_t version) {
  text rest = filter, level, share;
  if (version == 5 && next_level(&rest, &level) && is(level, "$share") && rest.at <= rest.end) {
    next_level(&rest, &share);
    if (share.at == share.end) return WQ_RESULT_SHARE_NAME_INVALID;
    if (rest.at >= rest.end || has(share, '+') || has(share, '#')) return WQ_RESULT_SHARE_FILTER_INVALID;
    filter = rest;
  }
  if (filter.at == filter.end) return WQ_RESULT_TOPIC_EMPTY;
  while (next_level(&filter, &level)) {
    const int32_t fault = level_fault(level, filter.at > filter.end);
    if (fault < 0) return fault;
  }
  return 0;
}

static int matches(text filter, text name) {
  text f, n;
  if (*name.at == '$' && (*filter.at == '+' || *filter.at == '#')) return 0;
  while (next_level(&filter, &f)) {
    if (is(f, "#")) return 1;
    if (!next_level(&name, &n)) return 0;
    if (!is(f, "+") && (f.end - f.at != n.end - n.at || memcmp(f.at, n.at, (size_t)(f.end - f.at)) != 0)) return 0;
  }
  return !next_level(&name, &n);
}

/* The text that the core has at this address, and whether it is UTF-8. */
static text view(wq_ptr at, uint32_t length) {
  const text bytes = {fuzz_memory + at, fuzz_memory + at + length};
  return bytes;
}

void fuzz_run(void) {
  const uint32_t version = 3 + fuzz_u8() % 3;
  uint32_t filter_length = fuzz_u8(), name_length;
  const uint8_t *const filter_bytes = fuzz_bytes(filter_length, &filter_length);
  const uint8_t *const name_bytes = fuzz_bytes(FUZZ_INPUT, &name_length);
  const wq_ptr filter = fuzz_place(filter_length);
  const wq_ptr name = fuzz_place_last(name_bytes, name_length);
  int32_t utf8, filter_result, name_result;
  const uint32_t bound = 3 * (filter_length + name_length) + 4;
  fuzz_put(filter, filter_bytes, filter_length);

  utf8 = CALL(bound, wq_utf8_check(&fuzz_core, name, name_length, 0));
  name_result = CALL(bound, wq_mqtt_topic_name_check(&fuzz_core, name, name_length));
  CHECK(name_result == (utf8 < 0 ? utf8 : name_fault(view(name, name_length))), "a Topic Name is judged by 4.7");
  utf8 = CALL(bound, wq_utf8_check(&fuzz_core, filter, filter_length, 0));
  filter_result = CALL(bound, wq_mqtt_topic_filter_check(&fuzz_core, filter, filter_length, (int32_t)version));
  CHECK(filter_result == (utf8 < 0 ? utf8 : filter_fault(view(filter, filter_length), version)),
        "a Topic Filter is judged by 4.7 and 4.8.2");
  if (name_result == 0 && filter_result == 0) {
    const int32_t result = CALL(bound, wq_mqtt_topic_match(&fuzz_core, filter, filter_length, name, name_length));
    CHECK(result == matches(view(filter, filter_length), view(name, name_length)), "a filter matches level by level");
  }
  CHECK(CALL(0, wq_mqtt_topic_filter_check(&fuzz_core, filter, 0x10000u + name_length, (int32_t)version)) ==
                WQ_RESULT_STRING_TOO_LONG &&
            CALL(0, wq_mqtt_topic_name_check(&fuzz_core, name, 0x10000u + name_length)) == WQ_RESULT_STRING_TOO_LONG,
        "no text is longer than 65,535 bytes");
  CHECK(CALL(0, wq_mqtt_topic_match(&fuzz_core, filter, 0, name, name_length)) == 0 &&
            CALL(0, wq_mqtt_topic_match(&fuzz_core, filter, filter_length, name, 0)) == 0,
        "what is empty matches nothing");
  WRITTEN_NOTHING();
}
