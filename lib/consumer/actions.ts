/** The actions of an `sls-kafka-control`; free of Node.js, for its edit dialog. */
export const ACTIONS = ['pause', 'resume', 'stop', 'start', 'seek', 'skip', 'status'] as const
export type Action = (typeof ACTIONS)[number]
