import type { Locator } from 'playwright-core'
import type { FlowNode } from '../../../tools/shared/node-red'
import type { Dialog } from './dialog'
import { LOGSTORE } from './editor-rig'

/** An `sls out` of the deployed project. */
export function deployedWriter(more: Readonly<Record<string, unknown>> = {}): FlowNode {
  return {
    ...{ id: 'writer', type: 'sls-kafka-out', z: 'tab', x: 480, y: 120, wires: [[]] },
    ...{ version: 1, project: 'project', logstore: LOGSTORE, logstoreType: 'str' },
    ...{ format: 'auto', field: '', time: '', timeType: 'date', order: 'spread' },
    ...{ compression: 'gzip', ...more },
  }
}

/** What only the dialog of an `sls-kafka-out` has. */
export class WriterDialog {
  readonly dialog: Dialog

  constructor(dialog: Dialog) {
    this.dialog = dialog
  }

  /** The visible input of a typed value. */
  typedInput(field: string): Locator {
    return this.dialog.root.locator(
      `#node-input-${field} + .red-ui-typedInput-container .red-ui-typedInput-input`,
    )
  }

  get example(): Locator {
    return this.dialog.root.locator(
      '#sls-kafka-out-example + .red-ui-typedInput-container .red-ui-typedInput-input',
    )
  }

  /** Logstores that the open list offers. */
  get logstores(): Locator {
    return this.dialog.page.locator(
      '.red-ui-autoComplete-container:visible .sls-kafka-out-logstore',
    )
  }

  /** What stands below the logstore; empty if nothing does. */
  get hint(): Locator {
    return this.dialog.root.locator('#sls-kafka-out-logstore-hint')
  }

  /** The logs of the preview. */
  get logs(): Locator {
    return this.dialog.root.locator('.sls-kafka-out-log')
  }

  /** What the preview says in place of a log. */
  get remarks(): Locator {
    return this.dialog.root.locator('#sls-kafka-out-logs .form-tips')
  }

  get advanced(): Locator {
    return this.dialog.root.locator('#sls-kafka-out-advanced')
  }
}
