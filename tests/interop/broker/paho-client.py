"""A client on Debian's python3-paho-mqtt, for tests.

paho-client.py subscribe|publish URL VERSION CA TOPIC QOS [PAYLOAD]

URL is mqtt:, mqtts:, ws: or wss:, VERSION 4 or 5. `subscribe` prints "subscribed" once the broker has granted the filter, then one line
for each message: topic, QoS, payload. `publish` ends when the exchange of its message is over.
"""
import sys
from urllib.parse import urlparse

import paho.mqtt.client as mqtt

command, url, version, ca, topic, qos, *payload = sys.argv[1:]
place = urlparse(url)
is_websocket = place.scheme.startswith("ws")


def connected(client, _userdata, _flags, reason, *_properties):
    if int(getattr(reason, "value", reason)) != 0:
        print(f"refused: {reason}", file=sys.stderr)
        sys.exit(1)
    if command == "subscribe":
        client.subscribe(topic, qos=int(qos))
    else:
        client.publish(topic, payload[0], qos=int(qos))


def message(_client, _userdata, received):
    print(received.topic, received.qos, received.payload.decode(), flush=True)


client = mqtt.Client(
    protocol=mqtt.MQTTv5 if version == "5" else mqtt.MQTTv311,
    transport="websockets" if is_websocket else "tcp",
)
if is_websocket:
    client.ws_set_options(path=place.path or "/")
if place.scheme in ("mqtts", "wss"):
    client.tls_set(ca)
client.on_connect = connected
client.on_subscribe = lambda *_arguments: print("subscribed", flush=True)
client.on_message = message
client.on_publish = lambda one, *_arguments: one.disconnect()
client.connect(place.hostname, place.port)
client.loop_forever(retry_first_connection=False)
