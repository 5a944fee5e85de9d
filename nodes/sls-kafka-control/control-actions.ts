import { ACTIONS } from '../../lib/consumer/actions'

/** What the node can be set to do: always the same, or what `msg.action` says. */
export const CONTROL_ACTIONS = ['msg', ...ACTIONS] as const
