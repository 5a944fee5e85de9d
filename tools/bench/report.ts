import { cpus } from 'node:os'
import type { Result } from './summary'

export interface Machine {
  readonly cores: number
  readonly processor: string
  readonly node: string
}

export interface Report {
  readonly machine: Machine
  readonly cases: readonly Result[]
}

export type Form = 'table' | 'json'

const COLUMNS = ['case', 'ours', 'reference', 'ratio', 'wanted', ''] as const

export function thisMachine(): Machine {
  const all = cpus()
  return {
    cores: all.length,
    processor: all[0]?.model ?? 'unknown processor',
    node: process.version,
  }
}

/** Formats the results as text with a line end. */
export function format(report: Report, form: Form): string {
  if (form === 'json') return `${JSON.stringify(report)}\n`
  return [machineLine(report.machine), '', ...table(report.cases), ''].join('\n')
}

function machineLine({ cores, processor, node }: Machine): string {
  return `${cores} × ${processor}, Node.js ${node}`
}

function table(results: readonly Result[]): string[] {
  const rows = [[...COLUMNS], ...results.map(cells)]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => widthOf(row, column))))
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return column >= 1 && column <= 3 ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
}

function widthOf(row: readonly string[], column: number): number {
  return row[column]?.length ?? 0
}

function cells({ name, ours, reference, ratio, wanted, ok }: Result): string[] {
  return [
    name,
    figure(ours),
    reference === null ? '' : figure(reference),
    ratio === null ? '' : String(ratio),
    wanted,
    ok === null ? '' : ok ? 'ok' : 'missed',
  ]
}

function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}
