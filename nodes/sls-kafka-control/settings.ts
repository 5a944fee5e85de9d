import { COMMAND_ACTIONS } from '../../lib/consumer/command-actions'

/** The values of the property `action`: one command for all messages, or `msg` for the command in `msg.action`. */
export const CONTROL_ACTIONS = ['msg', ...COMMAND_ACTIONS] as const
