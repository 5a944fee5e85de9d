import uPlot from 'uplot'
import { element } from './element'

const HEIGHT = 56

/** A line chart of one figure over time. */
export class Plot {
  readonly root: HTMLElement
  readonly #plot: uPlot
  readonly #span: number

  /**
   * @param colour custom property of the editor's theme
   * @param span seconds from the left to the right edge
   * @param format formats the values of the axis
   */
  constructor(colour: string, span: number, format: (value: number) => string) {
    this.#span = span
    this.root = element('div', 'plot')
    const themed = (name: string) => (): string => this.#themed(name)
    const axis = {
      stroke: themed('--red-ui-secondary-text-color'),
      font: '10px sans-serif',
      ticks: { show: false },
    }
    const grid = { stroke: themed('--red-ui-secondary-border-color'), width: 1 }
    this.#plot = new uPlot(
      {
        width: 100,
        height: HEIGHT,
        // Leaves space on the right for the last time, which is centred below its position.
        padding: [6, 14, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: true, auto: false }, y: { range: (_, __, max) => [0, max || 1] } },
        axes: [
          { ...axis, size: 16, gap: 2, space: 50, grid: { show: false }, values: clock },
          {
            ...axis,
            size: 40,
            gap: 4,
            grid,
            // Only the minimum and the maximum fit.
            splits: (_, __, min, max) => [min, max],
            values: (_, values) => values.map(format),
          },
        ],
        series: [{}, { stroke: themed(colour), width: 2, points: { show: false } }],
      },
      [[], []],
      this.root,
    )
  }

  /** Draws the values. @param now time of the right edge, seconds since 1970 */
  show(times: readonly number[], values: readonly (number | null)[], now: number): void {
    const width = this.root.clientWidth
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT })
    this.#plot.setData([[...times], [...values]], false)
    this.#plot.setScale('x', { min: now - this.#span, max: now })
  }

  destroy(): void {
    this.#plot.destroy()
  }

  /** Reads a colour of the theme at each drawing, because the theme can change. */
  #themed(name: string): string {
    return getComputedStyle(this.root).getPropertyValue(name).trim() || '#888'
  }
}

function clock(_: uPlot, times: readonly number[]): string[] {
  return times.map((time) => {
    const date = new Date(time * 1000)
    return [date.getHours(), date.getMinutes()].map((n) => String(n).padStart(2, '0')).join(':')
  })
}
