#include "oracle.h"

#include <string.h>

uint32_t oracle_utf8(const uint8_t *text, uint32_t length) {
  static const struct {
    uint8_t mask, lead;
    uint32_t least;
  } forms[] = {{0x80, 0x00, 1}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
  uint32_t at = 0;
  while (at < length) {
    uint32_t extra = 0, value, i;
    while (extra < 4 && (text[at] & forms[extra].mask) != forms[extra].lead) extra++;
    if (extra == 4 || length - at <= extra) return at;
    value = text[at] & ~(uint32_t)forms[extra].mask & 0xff;
    for (i = 1; i <= extra; i++) {
      if ((text[at + i] & 0xc0) != 0x80) return at;
      value = value << 6 | (text[at + i] & 0x3f);
    }
    if (value < forms[extra].least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return at;
    at += extra + 1;
  }
  return length;
}

uint32_t oracle_element(const uint8_t *bytes, uint32_t length, uint32_t *header) {
  uint32_t size, octets, i;
  if (length < 2 || (bytes[0] & 0x1f) == 0x1f) return 0; /* 8.1.2.4: no high tag numbers here */
  if (bytes[0] < 0x40) {
    /* 8.1.5, 8.2 to 8.24, 10.2: EXTERNAL, EMBEDDED PDV, SEQUENCE, SET and CHARACTER STRING are constructed, and no others. */
    const uint32_t number = bytes[0] & 0x1f;
    const int constructed = number == 8 || number == 11 || number == 16 || number == 17 || number == 29;
    if (number == 0 || constructed != (bytes[0] >> 5 & 1)) return 0;
  }
  size = bytes[1];
  *header = 2;
  if (size > 0x7f) {
    octets = size & 0x7f;
    if (octets == 0 || octets > 4 || length - 2 < octets) return 0; /* 10.1: definite */
    for (size = 0, i = 0; i < octets; i++) size = size << 8 | bytes[2 + i];
    if (bytes[2] == 0 || size < 0x80) return 0; /* 10.1: in the fewest octets */
    *header += octets;
  }
  return size > length - *header ? 0 : *header + size;
}

static int all_in(const uint8_t *text, uint32_t length, const char *alphabet) {
  for (uint32_t i = 0; i < length; i++)
    if (text[i] == 0 || !strchr(alphabet, text[i])) return 0;
  return 1;
}

static int between(const uint8_t *text, uint32_t length, uint8_t least, uint8_t most) {
  for (uint32_t i = 0; i < length; i++)
    if (text[i] < least || text[i] > most) return 0;
  return 1;
}

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static uint32_t number(const uint8_t *digits) { return (digits[0] - 48u) * 10 + (digits[1] - 48u); }

/* RFC 5280 4.1.2.5: with seconds, in Greenwich time, and a date that exists. */
static int is_time(const uint8_t *text, uint32_t length, uint32_t year_digits) {
  static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  uint32_t year, month, day;
  if (length != year_digits + 11 || text[length - 1] != 'Z' || !all_in(text, length - 1, DIGITS)) return 0;
  year = number(text);
  if (year_digits == 4) year = year * 100 + number(text + 2);
  else year += year < 50 ? 2000 : 1900;
  text += year_digits;
  month = number(text);
  if (month < 1 || month > 12) return 0;
  day = days[month - 1] + (month == 2 && (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)));
  return number(text + 2) >= 1 && number(text + 2) <= day && number(text + 4) < 24 && number(text + 6) < 60 &&
         number(text + 8) < 60;
}

/* 8.19.2. An arc may have any size. */
static int is_identifier(const uint8_t *content, uint32_t length) {
  uint32_t begins = 1;
  if (length == 0) return 0;
  for (uint32_t i = 0; i < length; i++) {
    if (begins && content[i] == 0x80) return 0;
    begins = content[i] < 0x80;
  }
  return (int)begins;
}

static int is_primitive(uint8_t tag, const uint8_t *content, uint32_t length) {
  switch (tag) {
    case 1: /* 8.2.1, 11.1 */
      return length == 1 && (content[0] == 0 || content[0] == 0xff);
    case 2: /* 8.3 */
    case 10:
      return length > 0 &&
             (length == 1 || !((content[0] == 0 && content[1] < 0x80) || (content[0] == 0xff && content[1] > 0x7f)));
    case 3: /* 8.6.2, 11.2.1 */
      if (length == 0 || content[0] > 7 || (length == 1 && content[0] != 0)) return 0;
      return (content[length - 1] & ((1u << content[0]) - 1)) == 0 || length == 1;
    case 5: /* 8.8.2 */
      return length == 0;
    case 6:
    case 13:
      return is_identifier(content, length);
    case 12:
      return oracle_utf8(content, length) == length;
    case 18:
      return all_in(content, length, DIGITS " ");
    case 19:
      return all_in(content, length, DIGITS LETTERS " '()+,-./:=?");
    case 22:
      return between(content, length, 0, 0x7f);
    case 23:
      return is_time(content, length, 2);
    case 24:
      return is_time(content, length, 4);
    case 26:
      return between(content, length, 0x20, 0x7e);
    case 28:
      return length % 4 == 0;
    case 30: /* 8.23.8, X.680 41: no surrogates */
      for (uint32_t i = 0; i < length; i += 2)
        if (content[i] >= 0xd8 && content[i] <= 0xdf) return 0;
      return length % 2 == 0;
    default:
      return 1;
  }
}

/* 10.3, 11.6: by tag, then octet by octet. The shorter one counts as padded with zeros. */
static int is_after(const uint8_t *a, uint32_t a_length, const uint8_t *b, uint32_t b_length) {
  const uint8_t a_tag = a[0] & 0xdf, b_tag = b[0] & 0xdf;
  if (a_tag != b_tag) return a_tag > b_tag;
  return memcmp(a, b, a_length < b_length ? a_length : b_length) > 0;
}

int32_t oracle_count(const uint8_t *bytes, uint32_t length, uint32_t depth) {
  uint32_t header = 0, at, last_length = 0;
  const uint8_t *last = NULL;
  int32_t count = 1;
  if (length == 0 || oracle_element(bytes, length, &header) != length) return -1;
  if ((bytes[0] & 0x20) == 0) return is_primitive(bytes[0], bytes + header, length - header) ? 1 : -1;
  if (depth == 0) return -1;
  for (at = header; at < length;) {
    uint32_t inner_header;
    const uint32_t size = oracle_element(bytes + at, length - at, &inner_header);
    const int32_t inside = size == 0 ? -1 : oracle_count(bytes + at, size, depth - 1);
    if (inside < 0) return -1;
    if (bytes[0] == 0x31 && last && is_after(last, last_length, bytes + at, size)) return -1;
    last = bytes + at;
    last_length = size;
    count += inside;
    at += size;
  }
  return count;
}
