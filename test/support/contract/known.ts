import { testClient } from '../log-source'

/**
 * Contract tests that a client fails although a correct one passes them, by client and title, with the
 * reason. They are skipped for that client alone.
 */
export const KNOWN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  kafkajs: {
    'a close while the response to OffsetFetch is awaited ends in time':
      'LeaveGroup waits behind the request that is not answered',
    'a shard whose end cannot be listed for a while is not read from its beginning':
      'a shard that cannot be listed counts as a hole',
    'a shard whose first commit is refused for a while is not read from its beginning':
      'the run ends, and the next one finds the other shards committed',
    'a service without SaslAuthenticate is logged into with a bare token':
      'the decoder of the response is not asynchronous, which kafkajs asks for there',
    'a follower that rejoins in the same generation keeps its shards':
      'only the generation after the last one counts as uninterrupted',
    'a close before the first join is answered leaves no member':
      'the id in the response is not awaited, and DescribeGroups does not list it',
    'a close after MEMBER_ID_REQUIRED leaves no pending member':
      'only members that DescribeGroups lists are removed',
    'a close while a commit is not answered ends in time, and leaves':
      'LeaveGroup waits behind the request that is not answered',
  },
}

/** With `TEST_KNOWN=run` no test is skipped, which shows what a client still fails. */
const RUNS_KNOWN = process.env['TEST_KNOWN'] === 'run'

/** A test that every Kafka client of the package has to pass. @param title unique among all of them */
export function contract(title: string, body: () => Promise<void>): Mocha.Test {
  const reason = KNOWN[testClient()]?.[title]
  if (reason === undefined || RUNS_KNOWN) return it(title, body)
  return it.skip(`${title} [known: ${reason}]`, body)
}
