import type { Language } from '../../lib/language'
import type { RunningDemo } from './demo'
import { USUAL_PORT } from './options'

export interface WelcomeFacts extends Pick<RunningDemo, 'url' | 'bootstrap'> {
  readonly isOtherPort: boolean
  /** The file that logs are written from; undefined: logs of a fictional web shop. */
  readonly file: string | undefined
}

/** What is printed before the demo is ready, and after that. */
export const PROGRESS = {
  'en-US': {
    starting: 'Starting the emulator and Node-RED ...',
    stopping: 'Stopping ...',
    allWritten: (count: number, file: string) =>
      `All ${count} lines of ${file} are written. Press Ctrl-C to stop the demo.`,
  },
  'zh-CN': {
    starting: '正在启动本地模拟服务和 Node-RED ...',
    stopping: '正在停止 ...',
    allWritten: (count: number, file: string) =>
      `${file} 中的 ${count} 行已全部写入。按 Ctrl-C 结束演示。`,
  },
} as const

/** The text that is printed when the demo is ready. */
export function welcome(facts: WelcomeFacts, language: Language): string {
  const lines = language === 'zh-CN' ? chineseLines(facts) : englishLines(facts)
  return ['', ...lines, ''].join('\n')
}

function englishLines({ url, bootstrap, isOtherPort, file }: WelcomeFacts): string[] {
  return [
    ...(isOtherPort ? [`Port ${USUAL_PORT} is taken, so Node-RED uses another one.`, ''] : []),
    `  Open        ${url}`,
    '',
    '  Read        The tab "SLS logstore" reads records. The status of each node shows a count.',
    '              Open the debug panel (bug icon) to see the records.',
    '  Break       Row 2 stops and starts the database. Row 3 turns the endpoint off, or ends Node-RED',
    '              by kill -9. Each time, the counter of row 2 returns to "missing 0". While the database',
    '              is down, up to 20 orders are missing, as expected, and wait for the next attempt.',
    '  Write       Row 4 reads orders, enriches them, writes them and reads them back. Its button turns',
    '              the endpoint off; in the end its counter returns to "missing 0".',
    '  Watch       Menu, View, SLS monitor: rate, delay and errors of all nodes.',
    '  Load        Press the button of "Burst of 100,000 records", and go on using the editor.',
    file === undefined
      ? '  Your logs   npm run demo -- --file access.log'
      : `  Your logs   The lines of ${file}`,
    '  Your flow   Drag "sls in" and a Debug node into it, wire them, and choose the project of the demo',
    '              and the logstore shop-log.',
    `  Emulator    ${bootstrap} (Bootstrap in the dialog of the project)`,
    '',
    'Each start replaces the tab: export what you want to keep. Press Ctrl-C to stop the demo.',
  ]
}

function chineseLines({ url, bootstrap, isOtherPort, file }: WelcomeFacts): string[] {
  return [
    ...(isOtherPort ? [`端口 ${USUAL_PORT} 已被占用，Node-RED 改用其他端口。`, ''] : []),
    `  打开    ${url}`,
    '',
    '  读取    标签页“SLS logstore”读取日志，每个节点的状态显示条数。打开调试面板（虫子图标）可以看到日志。',
    '  故障    第 2 行的按钮停止和启动数据库；第 3 行断开接入点，或用 kill -9 结束 Node-RED。每次之后，第 2 行的',
    '          计数都会回到“missing 0”。数据库停止期间最多有 20 个订单缺失，这是预期的：它们在等待下一次尝试。',
    '  写入    第 4 行读取订单，补充字段，写入后再读回。它的按钮断开接入点，最后计数回到“missing 0”。',
    '  监控    菜单“显示”→“SLS 监控”：全部节点的速率、消费延迟和错误。',
    '  压力    按“Burst of 100,000 records”的按钮，同时继续使用编辑器。',
    file === undefined
      ? '  日志    用自己的日志：npm run demo -- --file access.log'
      : `  日志    ${file} 中的各行`,
    '  流程    把 sls in 和 Debug 节点拖入流程并连线，选择演示的项目，日志库填 shop-log。',
    `  模拟    本地模拟服务的地址为 ${bootstrap}（项目对话框中的 Bootstrap）`,
    '',
    '每次启动都会重置该标签页，需要保留的内容请先导出。按 Ctrl-C 结束演示。',
  ]
}
