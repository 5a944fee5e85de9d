/** What a Node-RED process started by the tests reports over its IPC channel. */
export type RuntimeEvent =
  | { readonly event: 'flows-started' }
  /** The flows cannot start, e.g. because a node type is missing. */
  | { readonly event: 'flows-refused'; readonly reason: string }
