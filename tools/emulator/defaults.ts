/** Defaults that `--help` shows as well. */
export const DEFAULTS = {
  /** SLS's own port for the public network. */
  port: 10012,
  certificateFolder: '.cache/emulator',
} as const
