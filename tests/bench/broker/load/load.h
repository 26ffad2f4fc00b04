// A load generator for MQTT brokers: one thread, non-blocking sockets, a closed loop. Plain C, so that it costs little beside the broker.
#ifndef WQ_LOAD_H
#define WQ_LOAD_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

struct options {
  const char *host;
  int port;
  /** CA file of the broker's certificate; NULL for plain TCP. */
  const char *ca;
  /** Process whose processor time and memory are measured; 0 for none. */
  int pid;
  int publishers;
  int subscribers;
  /** For each publisher. */
  int messages;
  /** Bytes of a payload, 8 or more: its head is the time of sending. */
  int size;
  int qos;
  /** Messages of one publisher that some subscriber has not got, or the broker has not acknowledged. */
  int window;
  /** Messages a second of all publishers; 0 for as many as the window lets through. */
  int rate;
  /** All subscribers take the one topic of the one publisher; otherwise subscriber i takes that of publisher i. */
  int fan;
  /** Subscribers have sessions that outlive their connections. */
  int durable;
  /** Connections that do nothing, instead of messages. */
  int idle;
  /** Seconds after which the run has failed. */
  int deadline;
};

/** One MQTT connection. Bytes that the socket does not take at once wait in `out`. */
struct connection {
  int fd;
  int epoll;
  SSL *tls;
  int wantsWrite;
  uint8_t *in;
  size_t inUsed, inSize;
  uint8_t *out;
  size_t outUsed, outSize, outSent;
  int index;
  int isPublisher;
  /** CONNACK, and SUBACK of a subscriber, have come. */
  int isReady;
  int sent;
  int received;
  int acknowledged;
  uint16_t lastId;
};

/** Prints the reason and ends the program with code 1. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Microseconds of the monotonic clock. */
uint64_t microseconds(void);

/** Connects, TLS handshake included; blocks until that is done. */
void connection_open(struct connection *connection, const struct options *options, SSL_CTX *tls, int epoll);
void connection_write(struct connection *connection, const void *bytes, size_t length);
/** Writes what waits. */
void connection_flush(struct connection *connection);
/** Reads what there is into `in`. 0 when the peer has closed. */
int connection_read(struct connection *connection);

/** @param clean 0 for a session that outlives the connection */
void send_connect(struct connection *connection, const char *clientId, int clean);
void send_subscribe(struct connection *connection, const char *topic, int qos);
void send_publish(struct connection *connection, const char *topic, int qos, size_t size);
void send_puback(struct connection *connection, uint16_t packetId);

/** A packet within `in`. */
struct packet {
  uint8_t type;
  int qos;
  uint16_t packetId;
  const uint8_t *payload;
  size_t payloadLength;
};

/** The next packet at `*at`, which moves behind it. 0 when it has not come whole. */
int next_packet(const struct connection *connection, size_t *at, struct packet *packet);

/** Milliseconds of a processor that the process has used. */
double processor_time(int pid);
/** Kilobytes of its memory that are resident. */
long resident_memory(int pid);

/** Runs what the options say and prints one JSON object. */
void run(const struct options *options);

#endif
