/** The choices of the settings of an `sls-kafka-in`. */
export const START_FROM = ['latest', 'earliest', 'time'] as const
export const EMIT = ['record', 'batch'] as const
export const COMMIT = ['onSend', 'onAck'] as const
export const ON_EXHAUSTED = ['stop', 'skip', 'output'] as const

/** Texts of yes and no, as a checkbox, a variable or a number gives them. */
export const YES = ['true', '1'] as const
export const NO = ['false', '0'] as const
