import type { NodeRed } from '../../../tools/shared/node-red'

const PASSWORD = 'password'
/** Of the password, by bcrypt. */
const HASH = '$2b$04$V/1azedx.os.2ATTYyIOyewATH2JRbsf43jmNwUcuhmUV4MCaynA6'

const PERMISSIONS = {
  full: '*',
  reader: 'read',
  /** Nothing but what the monitor and machines ask for. */
  monitor: ['sls-kafka.read'],
  other: ['flows.read'],
} as const

export type AdminUser = keyof typeof PERMISSIONS

/** In settings.js: users of the editor who may do more or less. */
export const adminAuth = {
  type: 'credentials',
  users: Object.entries(PERMISSIONS).map(([username, permissions]) => ({
    username,
    password: HASH,
    permissions,
  })),
}

/** @returns an access token */
export async function logIn(nodeRed: NodeRed, username: AdminUser): Promise<string> {
  const response = await nodeRed.request('/auth/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      client_id: 'node-red-editor',
      grant_type: 'password',
      // As much as the user may do.
      scope: '',
      username,
      password: PASSWORD,
    }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}
