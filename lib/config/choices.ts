/** What the settings of an `sls-kafka-in` can be chosen from. */
export const START_FROM = ['latest', 'earliest', 'time'] as const
export const EMIT = ['record', 'batch'] as const
export const COMMIT = ['onSend', 'onAck'] as const
export const ON_EXHAUSTED = ['stop', 'skip', 'output'] as const

/** How yes and no are written: by a checkbox, in a variable, or as a number. */
export const YES = ['true', '1'] as const
export const NO = ['false', '0'] as const
