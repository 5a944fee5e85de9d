"""Reads a logstore with the settings that Alibaba Cloud documents for kafka-python; only the address
and the certificate authority are those of the service under test.

Arguments: the address, the project, the logstore, the group. Environment: SLS_ACCESS_KEY_ID,
SLS_ACCESS_KEY_SECRET, SLS_CA (PEM).
Prints one line of JSON for each assignment and each record. Leaves the group and ends when its
standard input ends, which the end of the process that started it brings about as well.
"""
import json
import os
import sys
import tempfile
import threading

import six

# The copy of six in kafka-python 2.0.2 cannot be imported from by Python 3.12 and newer.
sys.modules["kafka.vendor.six.moves"] = six.moves

from kafka import ConsumerRebalanceListener, KafkaConsumer  # noqa: E402

kafkaEndpoint, project, logstore, groupId = sys.argv[1:]
accessKeyId = os.environ.get('SLS_ACCESS_KEY_ID')
accessKeySecret = os.environ.get('SLS_ACCESS_KEY_SECRET')

# For one poll, so that the end of the standard input is seen.
POLL_MS = 200


def getKafkaConsumer(caFile):
    consumer = KafkaConsumer(logstore,
                             bootstrap_servers=kafkaEndpoint,
                             sasl_plain_username=project,
                             group_id=groupId,
                             auto_offset_reset='earliest',
                             sasl_plain_password="{}#{}".format(accessKeyId, accessKeySecret),
                             sasl_mechanism="PLAIN",
                             max_poll_interval_ms=130000,
                             session_timeout_ms=120000,
                             api_version=(2, 1, 0),
                             security_protocol="SASL_SSL",
                             ssl_cafile=caFile)
    return consumer


class AssignmentPrinter(ConsumerRebalanceListener):
    def on_partitions_revoked(self, revoked):
        pass

    def on_partitions_assigned(self, assigned):
        emit({"assigned": sorted(partition for _, partition in assigned)})
        sys.stdout.flush()


def emit(event):
    print(json.dumps(event))


def consume(caFile, ended):
    consumer = getKafkaConsumer(caFile)
    consumer.subscribe(logstore, listener=AssignmentPrinter())
    while not ended.is_set():
        for messages in consumer.poll(timeout_ms=POLL_MS).values():
            for message in messages:
                emit({"record": {"partition": message.partition,
                                 "offset": str(message.offset),
                                 "payload": message.value.decode()}})
        sys.stdout.flush()
    consumer.close()


def main():
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    with tempfile.NamedTemporaryFile('w', suffix='.pem') as ca:
        ca.write(os.environ['SLS_CA'])
        ca.flush()
        consume(ca.name, ended)


if __name__ == '__main__':
    main()
