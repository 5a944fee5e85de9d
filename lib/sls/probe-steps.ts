/** From the network up to the data: each step needs the one before. */
export const PROBE_STEPS = ['name', 'port', 'tls', 'access-key', 'logstore'] as const

export type ProbeStep = (typeof PROBE_STEPS)[number]
