import type { Command } from './command'
import type { SteeredShard, Steering } from './steering'

/** Carries out a command, or rejects with a SlsKafkaError and changes nothing. */
export async function carryOut(
  command: Exclude<Command, { action: 'status' }>,
  steering: Steering,
): Promise<readonly SteeredShard[]> {
  const { action, shards } = command
  switch (action) {
    case 'pause':
      return steering.pause(shards)
    case 'resume':
      return steering.resume(shards)
    case 'start':
      return steering.start(shards)
    case 'stop':
      return steering.stop()
    case 'seek':
      return steering.seek(command.target, shards)
    case 'skip':
      return steering.skip(shards)
  }
}
