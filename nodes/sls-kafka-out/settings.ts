/**
 * The values of the property `logstoreType`: where the name of the logstore comes from. A text is the default: the
 * topic of a message that was read is the logstore that it was read from.
 */
export const LOGSTORE_TYPES = ['str', 'msg', 'flow', 'global', 'env'] as const

/** The values of the property `timeType`: where the time of the logs comes from. `date` is the time of the write. */
export const TIME_TYPES = ['date', 'msg', 'flow', 'global', 'str', 'env', 'jsonata'] as const
