/** Asks the control channel. Rejects with what it answers if that is an error. */
export type ControlClient = <Result>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
) => Promise<Result>

export function controlClient(port: number): ControlClient {
  return async <Result>(method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { connection: 'close' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const result = (await response.json()) as Result & { error?: string }
    if (!response.ok) throw new Error(`${method} ${path}: ${result.error ?? response.statusText}`)
    return result
  }
}
