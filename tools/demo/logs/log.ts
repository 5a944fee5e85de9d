/** What a log consists of: its fields, or just the text of the one field `content`. */
export type LogBody = string | Readonly<Record<string, string>>

/** Delivers one log after the other; `time` (unix ms) is when it happens. Undefined: no more. */
export type LogSource = (time: number) => LogBody | undefined | Promise<LogBody | undefined>
