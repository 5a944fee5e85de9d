import type { ControlClient } from './client'

/** Controls the AccessKey, the listener, connections and members from another process. */
export interface ConnectionControl {
  setAccessKey(id: string, secret: string): Promise<void>
  /** Ends an outage: listens again on the same port. */
  open(): Promise<void>
  /** Starts an outage: stops listening and drops all connections. */
  close(): Promise<void>
  /** Resolves with the number of connections dropped. */
  killConnections(): Promise<number>
  /**
   * Makes all open connections half-open: they take bytes, answer nothing more and never close by
   * themselves. New connections work. Resolves with their number.
   */
  freezeConnections(): Promise<number>
  /**
   * Ends the sessions of a group's members, as if nothing had been heard of them for too long: of
   * one client id or of all. Resolves with the number of members dropped.
   */
  expireMembers(group: string, clientId?: string): Promise<number>
}

export function connectionControl(request: ControlClient): ConnectionControl {
  return {
    async setAccessKey(id, secret) {
      await request('POST', '/access-keys', { id, secret })
    },
    async open() {
      await request('POST', '/listener', { open: true })
    },
    async close() {
      await request('POST', '/listener', { open: false })
    },
    async killConnections() {
      return (await request<{ killed: number }>('POST', '/connections/kill')).killed
    },
    async freezeConnections() {
      return (await request<{ frozen: number }>('POST', '/connections/freeze')).frozen
    },
    async expireMembers(group, clientId) {
      const path = `/groups/${encodeURIComponent(group)}/expire`
      return (await request<{ expired: number }>('POST', path, { clientId })).expired
    },
  }
}
