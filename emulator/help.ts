import { routesHelp } from './control/routes'
import { DEFAULTS } from './defaults'

export const HELP = `A local SLS Kafka endpoint: try your flow on your own logs, without an Alibaba Cloud account.

  npm run emulator -- [options]                    type logs, a line a log
  npm run emulator -- --file access.log            logs from a file
  tail -f access.log | npm run emulator            logs as they come

A line is a log. A line that is a JSON object becomes a log with these fields, any other line
a log with the one field "content". Logs go to the first logstore, spread over its shards.

Options
  --port <n>                  port to listen on, 0 = any (default ${DEFAULTS.port})
  --host <address>            address to listen on (default 127.0.0.1: this machine only)
  --advertise <host:port>     where clients are sent to (default localhost and the port)
  --project <name>            (default local-project)
  --access-key-id <id>        (default local-id)
  --access-key-secret <text>  (default local-secret)
  --logstore <name:shards>    may be given several times (default access-log:4)
  --view <name.id:field=text> a virtual topic, as an SPL filter makes it: the logs of a logstore in which
                              a field has this text, e.g. access-log.3:status=500; id 0 to 31
  --file <path>               read logs from a file, not from standard input
  --certificates <folder>     keep the certificates here: clients have to trust its ca.pem
                              (default ${DEFAULTS.certificateFolder})
  --retention-mib <n>         keep at most this much per shard, drop the oldest (default 256)

To see how a flow takes what SLS may do
  --auth-failure <how>        a wrong AccessKey fails as "sasl" (default) or "topic"
  --kafka <release>           offer the API versions of Kafka 2.1 or 2.2 (default 2.2)
  --timestamps <unit>         record timestamps in "milliseconds" (default) or "seconds"
  --start-index <n>           index of the first log group (default 51247); offsets are n * 131072;
                              from 68719476736 on they exceed 2^53
  --rebalance-delay <ms>      wait for more members of a new group (default 0; Apache Kafka 3000)
  --min-session-timeout <ms>  shortest session time-out accepted (default 6000, as Apache Kafka)
  --max-groups <n>            consumer groups per logstore (default 15, as SLS)
  --group-limit-error <code>  Kafka error code for one more (default 24; SLS's own is not known)
  --compression <codec>       record batches compressed: "none" (default), "gzip", or "zstd" (Node.js
                              22.15 or later)
  --filtered <how>            a log group of which no log passes a --view comes as "empty-batch"
                              (default), "gap": not at all, unless it is the newest, or
                              "dropped-group": not at all; SLS's own way is not known
  --max-group-logs <n>        logs that a log group may hold (default 100000, as SLS); what is beyond
                              is dropped; at most 131072

To see how a flow takes what goes wrong
  --bandwidth <bytes/s>       a slow link: what all answers together may take (default: no limit)
  --nodes <n>                 tell so many node ids, all at the same address (default 1)
  --max-version <api=n>       offer an API up to this version only, e.g. Fetch=4; below the lowest one
                              served, e.g. DescribeGroups=-1: not at all; may be given several times
  --negative-commits <how>    a commit of an offset below 0 is taken by "accept" (default) or "refuse"
  --session-lifetime <ms>     a login ends after this time: clients have to log in again on their
                              connection (default: it holds as long as the connection)
  --aborted-transactions <n>  list so many for each shard of a Fetch response (default 0)
  --reception <how>           new connections are received with "tls" (default), "silence": taken, and
                              nothing is ever said, "nonsense": greeted with what is no TLS, or
                              "close": closed as soon as the TLS handshake is complete
  --fault <kind,field=value>  may be given several times; kinds and fields as at POST /faults below:
                              --fault delay,api=Fetch,ms=500
                              --fault error,error=KAFKA_STORAGE_ERROR,api=Fetch,shard=1,times=3
                              --fault close,api=SaslAuthenticate,times=1

For programs
  --control-port <n>          HTTP control channel on 127.0.0.1, 0 = any (default: none)
  --ready-json                print one line of JSON once it listens, and no table
  --stop-on-stdin-end         stop when standard input ends
  --help

The control channel: HTTP with JSON, e.g. curl -X POST -d '{"open": false}' 127.0.0.1:<port>/listener
${routesHelp()}
`
