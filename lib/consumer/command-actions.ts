/** The actions of an `sls control` node. Free of Node.js, for the edit dialog. */
export const COMMAND_ACTIONS = [
  'pause',
  'resume',
  'stop',
  'start',
  'seek',
  'skip',
  'status',
] as const
export type CommandAction = (typeof COMMAND_ACTIONS)[number]
