/** The choices of the settings of an `sls-kafka-in`. */
export const START_FROM = ['latest', 'earliest', 'time'] as const
export const EMIT = ['record', 'batch'] as const
export const COMMIT = ['onSend', 'onAck'] as const
export const ON_EXHAUSTED = ['stop', 'skip', 'output'] as const

/** Texts that mean yes. A checkbox, a variable or a number can produce them. */
export const YES = ['true', '1'] as const
/** Texts that mean no. A checkbox, a variable or a number can produce them. */
export const NO = ['false', '0'] as const

/** The choices of the settings of a writer. */
export const WRITE_FORMAT = ['auto', 'text', 'json'] as const
export const COMPRESSION = ['gzip', 'none'] as const
export const WRITE_ORDER = ['spread', 'shard'] as const
