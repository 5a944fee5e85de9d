/** Where the package writes; the methods of a Node-RED node fit. */
export interface Logger {
  debug(message: string): void
  trace(message: string): void
}

/** For whoever gets the answer anyway. */
export const SILENT_LOGGER: Logger = {
  debug: () => undefined,
  trace: () => undefined,
}
