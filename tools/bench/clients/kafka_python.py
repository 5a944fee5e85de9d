"""Reads so many records in the loop that Alibaba Cloud publishes for kafka-python.

Argument: what to read, as JSON. Prints the records a second, as JSON.
"""
import json
import sys
import time

import six

# The copy of six in kafka-python 2.0.2 cannot be imported from by Python 3.12 and newer.
sys.modules["kafka.vendor.six.moves"] = six.moves

from kafka import KafkaConsumer  # noqa: E402

run = json.loads(sys.argv[1])
consumer = KafkaConsumer(run["logstore"],
                         bootstrap_servers="localhost:{}".format(run["port"]),
                         sasl_plain_username=run["user"],
                         group_id=run["group"],
                         auto_offset_reset='earliest',
                         sasl_plain_password=run["password"],
                         sasl_mechanism="PLAIN",
                         max_poll_interval_ms=130000,
                         session_timeout_ms=120000,
                         api_version=(2, 1, 0),
                         security_protocol="SASL_SSL",
                         ssl_cafile=run["caFile"])
received = 0
start = 0
for message in consumer:
    if received == 0:
        start = time.monotonic()
    value = message.value.decode()
    received += 1
    if received == run["records"]:
        print(json.dumps(received / (time.monotonic() - start)))
        break
