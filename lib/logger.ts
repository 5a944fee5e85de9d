/** Where the package writes; the methods of a Node-RED node fit. */
export interface Logger {
  error(message: string): void
  warn(message: string): void
  info(message: string): void
  debug(message: string): void
  trace(message: string): void
}
