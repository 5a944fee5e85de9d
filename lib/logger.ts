/** The log of the package. A Node-RED node has these methods. */
export interface Logger {
  debug(message: string): void
  trace(message: string): void
}

/** Writes nothing, for callers that show the result themselves. */
export const SILENT_LOGGER: Logger = {
  debug: () => undefined,
  trace: () => undefined,
}
