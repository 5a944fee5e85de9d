/** What an `sls-kafka-control` can do; free of Node.js, for its edit dialog. */
export const ACTIONS = ['pause', 'resume', 'stop', 'start', 'seek', 'skip', 'status'] as const
export type Action = (typeof ACTIONS)[number]
