import type { LogInput } from '../../emulator/process'

/** `text`: one field, which makes a value of plain text; `json`: several, which make a JSON object. */
export interface LogShape {
  readonly form: 'text' | 'json'
  /** Of a value. */
  readonly bytes: number
}

export const TEXT_200: LogShape = { form: 'text', bytes: 200 }
export const TEXT_1K: LogShape = { form: 'text', bytes: 1024 }
export const JSON_200: LogShape = { form: 'json', bytes: 200 }
export const JSON_1K: LogShape = { form: 'json', bytes: 1024 }

export function sizeText({ bytes }: LogShape): string {
  return bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`
}

export function log(number: number, { form, bytes }: LogShape): LogInput {
  if (form === 'text') return `${number} GET /index.html 200 `.padEnd(bytes, 'x')
  const fields = {
    time: '2026-11-22T10:00:00+08:00',
    request: String(number).padStart(8, '0'),
    method: 'GET',
    status: '200',
  }
  return { ...fields, ...urls(bytes - JSON.stringify(fields).length) }
}

/** Additional fields with this number of bytes as JSON. */
function urls(bytes: number): Record<string, string> {
  const fields: Record<string, string> = {}
  for (let rest = bytes, index = 0; rest > 0; index++) {
    const name = `url${index}`
    const around = `,"${name}":""`.length
    const length = rest < 160 ? rest - around : 60
    fields[name] = '/'.padEnd(length, 'path')
    rest -= around + length
  }
  return fields
}
