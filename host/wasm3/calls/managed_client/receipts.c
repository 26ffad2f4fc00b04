/*
 * The application acknowledges messages in any order. PUBACK and PUBREC are each sent in the order in which the messages of
 * their QoS arrived (MQTT-4.6.0-2, -3).
 */
#include <string.h>

#include "managed_client.h"

wq_calls_receipt *wq_calls_receipt_add(wq_calls *calls, uint32_t packet_id, uint32_t qos) {
  wq_calls_receipt *receipt;
  if (calls->mqtt.receipt_count == WQ_CALLS_MESSAGES) return NULL;
  receipt = &calls->mqtt.receipts[calls->mqtt.receipt_count++];
  memset(receipt, 0, sizeof *receipt);
  receipt->packet_id = (uint16_t)packet_id;
  receipt->qos = (uint8_t)qos;
  receipt->is_live = 1;
  return receipt;
}

wq_calls_receipt *wq_calls_receipt_again(wq_calls *calls, uint32_t packet_id) {
  uint32_t i;
  for (i = 0; i < calls->mqtt.receipt_count; i++) {
    wq_calls_receipt *const receipt = &calls->mqtt.receipts[i];
    if (receipt->packet_id != packet_id || receipt->qos != 2 || receipt->is_live) continue;
    receipt->is_live = 1;
    /* One that the application has acknowledged meanwhile only needs its PUBREC. */
    return receipt->is_acknowledged ? NULL : receipt;
  }
  return NULL;
}

static void remove_at(wq_calls_mqtt *mqtt, uint32_t index) {
  mqtt->receipt_count--;
  memmove(&mqtt->receipts[index], &mqtt->receipts[index + 1], (mqtt->receipt_count - index) * sizeof mqtt->receipts[0]);
}

void wq_calls_receipts_lost(wq_calls *calls) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  uint32_t i = 0;
  while (i < mqtt->receipt_count) {
    if (mqtt->receipts[i].qos == 1) remove_at(mqtt, i);
    else mqtt->receipts[i++].is_live = 0;
  }
}

/* Returns 1 when it was sent, 0 when its turn comes later, or a result code. */
static int32_t send(wq_calls *calls, const wq_calls_receipt *receipt) {
  wq_packet *const packet =
      wq_calls_new_packet(calls, receipt->qos == 1 ? WQ_PACKET_TYPE_PUBACK : WQ_PACKET_TYPE_PUBREC);
  int32_t result;
  if (!packet) return 0;
  packet->packet_id = receipt->packet_id;
  result = wq_calls_send_packet(calls);
  if (result >= 0) return 1;
  if (result == WQ_RESULT_OUT_OF_SPACE || result == WQ_RESULT_ACKNOWLEDGEMENT_ORDER) return 0;
  /* The session has forgotten the message, so nothing is owed for it. */
  if (result == WQ_RESULT_PACKET_ID_UNKNOWN || result == WQ_RESULT_TRANSITION_ILLEGAL) return 1;
  return result;
}

static int32_t send_qos(wq_calls *calls, uint8_t qos) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  /* By is_live: a message of this connection waits only for others of it, one of an earlier connection for the like. */
  uint8_t waits[2] = {0, 0};
  uint32_t i = 0;
  while (i < mqtt->receipt_count) {
    const wq_calls_receipt *const receipt = &mqtt->receipts[i];
    int32_t sent = 0;
    if (receipt->qos == qos) {
      if (receipt->is_acknowledged && !waits[receipt->is_live]) sent = send(calls, receipt);
      if (sent < 0) return sent;
      if (sent == 0) waits[receipt->is_live] = 1;
    }
    if (sent) remove_at(mqtt, i);
    else i++;
  }
  return 0;
}

int32_t wq_calls_receipts_send(wq_calls *calls) {
  const int32_t result = send_qos(calls, 1);
  return result ? result : send_qos(calls, 2);
}
