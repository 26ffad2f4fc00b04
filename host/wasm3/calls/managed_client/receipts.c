/*
 * Brings the acknowledgements of the application, which come in any order, into the order of the messages: PUBACK and PUBREC
 * each go in that in which the messages of their QoS came (MQTT-4.6.0-2, -3).
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
    /* One that was acknowledged meanwhile is answered when the acknowledgements are sent. */
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

/* Gives 1 when it was sent, 0 when its turn comes later. */
static int send(wq_calls *calls, const wq_calls_receipt *receipt) {
  wq_packet *const packet =
      wq_calls_new_packet(calls, receipt->qos == 1 ? WQ_PACKET_TYPE_PUBACK : WQ_PACKET_TYPE_PUBREC);
  int32_t result;
  if (!packet) return 0;
  packet->packet_id = receipt->packet_id;
  result = wq_calls_send_packet(calls);
  if (result >= 0) return 1;
  if (result == WQ_RESULT_OUT_OF_SPACE || result == WQ_RESULT_ACKNOWLEDGEMENT_ORDER) return 0;
  /* The session does not know it any more. */
  if (result == WQ_RESULT_PACKET_ID_UNKNOWN || result == WQ_RESULT_TRANSITION_ILLEGAL) return 1;
  wq_calls_mqtt_fail(calls, wq_result_reason_code(result, 0));
  return 0;
}

static void settle(wq_calls *calls, uint8_t qos) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  /* What came on this connection only waits for what came on it; what came on an earlier one, for the like. */
  uint8_t waits[2] = {0, 0};
  uint32_t i = 0;
  while (i < mqtt->receipt_count) {
    const wq_calls_receipt *const receipt = &mqtt->receipts[i];
    if (receipt->qos == qos) {
      if (!receipt->is_acknowledged) waits[receipt->is_live] = 1;
      if (!waits[receipt->is_live]) {
        if (send(calls, receipt)) {
          remove_at(mqtt, i);
          continue;
        }
        waits[receipt->is_live] = 1;
        if (mqtt->state == STATE_OVER) return;
      }
    }
    i++;
  }
}

void wq_calls_settle(wq_calls *calls) {
  settle(calls, 1);
  settle(calls, 2);
}
