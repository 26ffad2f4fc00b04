/*
 * Publishes a message over mutual TLS with mbedTLS: tls_client HOST PORT CA.der CERTIFICATE.der KEY.der. The core checks its own
 * certificates and key before mbedTLS gets them, and each certificate of the server before it is trusted.
 */
#define _POSIX_C_SOURCE 200112L
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "wq_client.h"

/* Bytes of the largest certificate or key. */
#define LARGEST 4096u
#define CLIENT_MEMORY WQ_CLIENT_MEMORY(4, 4, 0, 1024, 1024)

typedef int32_t check_of_the_core(wq_core *core, wq_ptr input, uint32_t length, wq_ptr record);

static uint64_t memory[2048];
static wq_core core;
static wq_client client;
static int32_t outcome;
static wq_client_message hello = {{"greetings", 9}, 1, 0, "hello over TLS", 14, NULL, {NULL, 0}, NULL, NULL, 0, 0};
static char **words;
static size_t refused_length;

static mbedtls_net_context net;
static mbedtls_ssl_context tls;
static mbedtls_ssl_config config;
static mbedtls_x509_crt roots, own;
static mbedtls_pk_context key;
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context random_bytes;

/* Where the core reads DER: behind the memory of the client. */
static int core_accepts(check_of_the_core *check, const uint8_t *der, size_t length, const char *what) {
  const wq_ptr record = ((wq_ptr)wq_heap_base(&core) + CLIENT_MEMORY + 15u) & ~7u, input = record + 1024u;
  uint8_t *const place = length <= LARGEST ? wq_bytes(&core, input, (uint32_t)length) : NULL;
  int32_t result = WQ_RESULT_OUT_OF_SPACE;
  if (place) {
    memcpy(place, der, length);
    result = check(&core, input, (uint32_t)length, record);
    wq_memory_wipe(&core, record, 1024u + (uint32_t)length);
  }
  if (result < 0) printf("%s is refused: %s\n", what, wq_result_text(result));
  return result >= 0;
}

static size_t read_der(const char *name, check_of_the_core *check, uint8_t *der) {
  FILE *const file = fopen(name, "rb");
  const size_t length = file ? fread(der, 1, LARGEST, file) : 0;
  if (!file) printf("%s cannot be read\n", name);
  else fclose(file);
  return file && core_accepts(check, der, length, name) ? length : 0;
}

/* mbedTLS calls it for each certificate of the server, after its own checks. */
static int verify(void *user, mbedtls_x509_crt *certificate, int depth, uint32_t *flags) {
  if (!core_accepts(wq_x509_read, certificate->raw.p, certificate->raw.len, "the server's certificate"))
    *flags |= MBEDTLS_X509_BADCERT_OTHER;
  return 0;
}

static int load(void) {
  static uint8_t der[LARGEST];
  size_t length = read_der(words[3], wq_x509_read, der);
  if (length == 0 || mbedtls_x509_crt_parse_der(&roots, der, length) != 0) return 0;
  length = read_der(words[4], wq_x509_read, der);
  if (length == 0 || mbedtls_x509_crt_parse_der(&own, der, length) != 0) return 0;
  length = read_der(words[5], wq_key_read, der);
#if MBEDTLS_VERSION_MAJOR >= 3
  return length > 0 && mbedtls_pk_parse_key(&key, der, length, NULL, 0, mbedtls_ctr_drbg_random, &random_bytes) == 0;
#else
  return length > 0 && mbedtls_pk_parse_key(&key, der, length, NULL, 0) == 0;
#endif
}

static int prepare(void) {
  mbedtls_net_init(&net);
  mbedtls_ssl_init(&tls);
  mbedtls_ssl_config_init(&config);
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&random_bytes);
  if (mbedtls_ctr_drbg_seed(&random_bytes, mbedtls_entropy_func, &entropy, NULL, 0) != 0 || !load()) return 0;
  if (mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT) != 0)
    return 0;
  mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(&config, &roots, NULL);
  mbedtls_ssl_conf_verify(&config, verify, NULL);
  mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random_bytes);
  return mbedtls_ssl_conf_own_cert(&config, &own, &key) == 0 && mbedtls_ssl_setup(&tls, &config) == 0 &&
         mbedtls_ssl_set_hostname(&tls, words[1]) == 0;
}

/* The handshake is made by the first calls of send and receive, which return 0 until it is done. */
static int32_t open_line(void *user) {
  refused_length = 0;
  if (mbedtls_ssl_session_reset(&tls) != 0 || mbedtls_net_connect(&net, words[1], words[2], MBEDTLS_NET_PROTO_TCP) != 0) return -1;
  mbedtls_ssl_set_bio(&tls, &net, mbedtls_net_send, mbedtls_net_recv, NULL);
  return mbedtls_net_set_nonblock(&net);
}

static int32_t result_of(int count) {
  return count == MBEDTLS_ERR_SSL_WANT_READ || count == MBEDTLS_ERR_SSL_WANT_WRITE ? 0 : count > 0 ? count : -1;
}

/* What mbedTLS did not take at once has to be given again with the same length; the client only appends to it. */
static int32_t give(void *user, const uint8_t *bytes, uint32_t length) {
  const size_t given = refused_length > 0 ? refused_length : length;
  const int32_t count = result_of(mbedtls_ssl_write(&tls, bytes, given));
  refused_length = count == 0 ? given : 0;
  return count;
}

static int32_t take(void *user, uint8_t *bytes, uint32_t capacity) { return result_of(mbedtls_ssl_read(&tls, bytes, capacity)); }

static void close_line(void *user) {
  mbedtls_ssl_close_notify(&tls);
  mbedtls_net_free(&net);
}

static uint32_t now(void *user) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint32_t)time.tv_sec * 1000u + (uint32_t)(time.tv_nsec / 1000000);
}

static void on_connected(void *user, int session_present) { wq_client_publish(&client, &hello); }

static void on_published(void *user, wq_client_message *message, int32_t result, uint32_t reason_code) {
  printf("published: %d, %u\n", (int)result, (unsigned)reason_code);
  wq_client_disconnect(&client, 0);
}

static void on_closed(void *user, int32_t result, uint32_t reason_code) {
  outcome = result;
  printf("closed: %d, %u\n", (int)result, (unsigned)reason_code);
}

int main(int count, char **arguments) {
  const wq_options core_options = {NULL, 0, 0, (uint8_t *)memory, sizeof memory, 0};
  const wq_client_options options = {
      .core = &core, .transport = {give, take, now, open_line, close_line}, .version = 5, .keep_alive = 60, .clean_start = 1,
      .callbacks = {.on_connected = on_connected, .on_published = on_published, .on_closed = on_closed},
      .client_id = wq_client_string("greeter"), .send_capacity = 4, .receive_capacity = 4, .input_size = 1024, .output_size = 1024};
  words = arguments;
  if (count != 6 || wq_open(&core, &core_options) < 0 || wq_client_open(&client, &options) < 0) return 2;
  if (!prepare()) return 1;
  wq_client_connect(&client);
  for (int wait; (wait = wq_client_poll(&client)), client.state != WQ_CLIENT_CLOSED;) {
    struct pollfd ready = {net.fd, POLLIN, 0};
    poll(&ready, 1, wait == WQ_CLIENT_IDLE ? -1 : wait);
  }
  return outcome == 0 ? 0 : 1;
}
