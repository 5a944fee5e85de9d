import { routesHelp } from './control/routes'
import { DEFAULTS } from './defaults'

export const HELP = `An emulator of the Kafka endpoint of SLS. It lets you try a flow on your own logs, without an Alibaba
Cloud account.

  npm run emulator -- [options]                    read logs that you type
  npm run emulator -- --file access.log            read logs from a file
  tail -f access.log | npm run emulator            read logs as they are written

Each line is one log. A JSON object becomes a log with its fields. Any other line becomes a log with
the single field "content". Logs go to the first logstore and are spread over its shards.

Options
  --port <n>                  port to listen on, 0 = any (default ${DEFAULTS.port})
  --host <address>            address to listen on (default 127.0.0.1: this machine only)
  --advertise <host:port>     address that the emulator advertises (default localhost and the port)
  --project <name>            (default local-project)
  --access-key-id <id>        (default local-id)
  --access-key-secret <text>  (default local-secret)
  --logstore <name:shards>    can be given several times (default access-log:4)
  --view <name.id:field=text> a virtual topic with an SPL filter: the logs of a logstore in which a field
                              has this text, e.g. access-log.3:status=500; id 0 to 31
  --file <path>               read logs from a file instead of standard input
  --certificates <folder>     folder that keeps the certificates; clients must trust its ca.pem
                              (default ${DEFAULTS.certificateFolder})
  --retention-mib <n>         size that a shard keeps; older logs are dropped (default 256)

To test a flow against behaviour of SLS
  --auth-failure <how>        how a wrong AccessKey fails: "sasl" (default) or "topic"
  --kafka <release>           API versions of Kafka 2.1 or 2.2 (default 2.2)
  --timestamps <unit>         unit of record timestamps: "milliseconds" (default) or "seconds"
  --start-index <n>           index of the first log group (default 51247). Offsets are n * 131072;
                              from 68719476736 on, they exceed 2^53
  --rebalance-delay <ms>      how long a new group waits for more members (default 0; Apache Kafka 3000)
  --min-session-timeout <ms>  shortest session timeout that is accepted (default 6000, as Apache Kafka)
  --max-groups <n>            consumer groups per logstore (default 15, as SLS)
  --group-limit-error <code>  Kafka error code for a group above the limit (default 24; the code of SLS is
                              not known)
  --compression <codec>       compression of record batches: "none" (default), "gzip", or "zstd" (needs
                              Node.js 22.15 or later)
  --filtered <how>            how a log group without a log that passes a --view is sent: as an
                              "empty-batch" (default), as a "gap" (not sent, unless it is the newest), or
                              as a "dropped-group" (never sent); the behaviour of SLS is not known
  --max-group-logs <n>        logs that a log group can hold (default 100000, as SLS; at most 131072);
                              logs above this number are dropped

To test a flow against faults
  --bandwidth <bytes/s>       a slow link: bandwidth of all responses together (default: no limit)
  --inbound-bandwidth <bytes/s>
                              bandwidth of all requests together (default: no limit)
  --write-limits <how>        "sls": refuse a batch of more than 3 MB or 4096 logs, or with a log that
                              is too large, too old or too new, or has a bad field name (default "off")
  --shard-rate <bytes/s>      what each shard takes; more is refused with THROTTLING_QUOTA_EXCEEDED, and
                              the client is to try again (SLS: 5000000; default: no limit)
  --nodes <n>                 number of node ids in Metadata, all at the same address (default 1)
  --max-version <api=n>       highest version of an API, e.g. Fetch=4. A version below the lowest one, e.g.
                              DescribeGroups=-1, removes the API; can be given several times
  --negative-commits <how>    "accept" (default) or "refuse" a commit of an offset below 0
  --session-lifetime <ms>     how long a login lasts; afterwards clients must log in again on their
                              connection (default: as long as the connection)
  --aborted-transactions <n>  aborted transactions that a Fetch response lists for each shard (default 0)
  --reception <how>           how a new connection is received: "tls" (default); "silence": accepted, and
                              nothing is ever sent; "nonsense": bytes that are not TLS; "close": closed
                              when the TLS handshake is complete
  --fault <kind,field=value>  can be given several times; kinds and fields: see POST /faults below:
                              --fault delay,api=Fetch,ms=500
                              --fault error,error=KAFKA_STORAGE_ERROR,api=Fetch,shard=1,times=3
                              --fault close,api=SaslAuthenticate,times=1

For programs
  --control-port <n>          HTTP control channel on 127.0.0.1, 0 = any (default: none)
  --ready-json                print one line of JSON instead of the table when the emulator listens
  --stop-on-stdin-end         stop when standard input ends
  --help

The control channel: HTTP with JSON, e.g. curl -X POST -d '{"open": false}' 127.0.0.1:<port>/listener
${routesHelp()}
`
