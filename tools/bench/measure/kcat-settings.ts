import type { Subscription } from '../clients/subscription'

/** The arguments by which kcat connects. */
export function kcatSettings({ port, caFile, user, password }: Subscription): string[] {
  return [
    `bootstrap.servers=localhost:${port}`,
    'security.protocol=SASL_SSL',
    'sasl.mechanisms=PLAIN',
    `sasl.username=${user}`,
    `sasl.password=${password}`,
    `ssl.ca.location=${caFile}`,
  ].flatMap((setting) => ['-X', setting])
}
