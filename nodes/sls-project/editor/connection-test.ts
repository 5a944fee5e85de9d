import { textOf } from '../../../lib/config/fields'
import type { Problem } from '../../../lib/config/problem'
import { maskAccessKeyId } from '../../../lib/sls/credentials'
import { hostText } from '../../../lib/sls/endpoint'
import { CONNECTION_TEST_STEPS } from '../../../lib/sls/connection-test-steps'
import type { FailureCodes, RefusalResponse, StepResponse } from '../../shared/admin-responses'
import { element, STORED_PASSWORD } from '../../shared/editor/dialog'
import type { EditorNode, EditorRED, JQuery } from '../../shared/editor/editor-red'
import { sharedLogstoreField } from '../../shared/editor/shared-logstore-field'
import { postLines } from '../../shared/editor/post-lines'
import { errorText, problemText } from '../../shared/editor/texts'
import { translator } from '../../../lib/translate'
import { inputOf, typed, typedCertificateName, typedTarget, type Field } from './form'
import { pastedTls } from './pasted-tls'
import { StepList } from './step-list'

declare const RED: EditorRED
declare const $: JQuery

type Outcome = 'passed' | 'failed'

const TESTED_FIELDS = [
  'project',
  'endpoint',
  'port',
  'bootstrap',
  'serverName',
  'tls',
  'accessKeyId',
  'accessKeySecret',
] as const

/** The connection test of the dialog: tests the typed settings and shows each step. */
export class ConnectionTest {
  readonly #node: EditorNode
  readonly #translate = translator((key, values) => this.#node._(key, values))
  readonly #proposedLogstore: () => string
  readonly #list: StepList
  #end = (): void => undefined
  /** The request whose result is shown; null if none is shown. */
  #tested: string | null = null

  /** @param proposedLogstore returns the logstore of a pasted address, or an empty text */
  constructor(node: EditorNode, proposedLogstore: () => string) {
    this.#node = node
    this.#proposedLogstore = proposedLogstore
    this.#list = new StepList(element('sls-project-steps'))
    element('sls-project-test').addEventListener('click', () => {
      this.#run()
    })
    for (const field of TESTED_FIELDS) {
      $(inputOf(field)).on('input change', () => {
        this.#removeStale()
      })
    }
  }

  /** Aborts a running test. Call this when the dialog closes. */
  end(): void {
    this.#end()
  }

  #run(): void {
    this.#end()
    this.#list.clear()
    this.#setRunning(true)
    const logstore = this.#logstore()
    this.#begin(0, logstore)
    let last: StepResponse | undefined
    const request = this.#request(logstore)
    this.#tested = JSON.stringify(request)
    this.#end = postLines<StepResponse>('sls-project/test', request, {
      onLine: (step) => {
        last = step
        this.#show(step, logstore)
      },
      onEnd: () => {
        this.#setRunning(false)
        if (!last?.failure) this.#conclude(last, logstore)
      },
      onRefused: (refusal) => {
        this.#setRunning(false)
        this.#list.clear()
        this.#list.conclude('failed', this.#refusalText(refusal))
      },
    })
  }

  /** Removes the result, and ends a running test, if the fields are no longer what was tested. */
  #removeStale(): void {
    if (this.#tested === null) return
    if (JSON.stringify(this.#request(this.#logstore())) === this.#tested) return
    this.#tested = null
    this.#end()
    this.#list.clear()
    this.#setRunning(false)
  }

  #show(response: StepResponse, logstore: string): void {
    const { step, took, shards, failure } = response
    const outcome: Outcome = failure ? 'failed' : 'passed'
    const found = shards === undefined ? '' : this.#text('test.shards', { shards })
    const time = this.#text('test.took', { milliseconds: took })
    this.#list.end(outcome, [found, time].filter(Boolean).join(' · '))
    if (failure) this.#list.conclude('failed', this.#failureText(failure, logstore), failure.code)
    else this.#begin(CONNECTION_TEST_STEPS.findIndex((name) => name === step) + 1, logstore)
  }

  #begin(index: number, logstore: string): void {
    const step = CONNECTION_TEST_STEPS[index]
    if (!step || (step === 'logstore' && !logstore)) return
    const name = this.#text(`steps.${step}`, { logstore })
    this.#list.begin(name)
  }

  #conclude(last: StepResponse | undefined, logstore: string): void {
    if (!last) this.#list.conclude('failed', this.#text('refusals.failed'))
    else this.#list.conclude('passed', this.#text(logstore ? 'test.passed' : 'test.no-logstore'))
  }

  #failureText(failure: FailureCodes, logstore: string): string {
    const { code, reason, issuedFor } = failure
    const { host = '', port = '' } = typedTarget() ?? {}
    const id = typed('accessKeyId')
    return errorText(code, {
      ...{ host: hostText(host), port, logstore, project: typed('project') },
      accessKeyId: id.startsWith('$') || id === '' ? id : maskAccessKeyId(id),
      domain: typed('endpoint'),
      ...(issuedFor !== undefined && { issuedFor, expected: typedCertificateName() }),
      detail: this.#text(`reasons.${reason}`),
    })
  }

  #refusalText({ refusal, problems = [] }: RefusalResponse): string {
    if (refusal !== 'settings-invalid') return this.#text(`refusals.${refusal}`)
    return problems.map((problem) => problemText(problem, this.#typedAt(problem))).join(' ')
  }

  #typedAt({ field }: Problem): string {
    if (field === 'logstore') return this.#logstore()
    return document.getElementById(`node-config-input-${field}`) ? typed(field as Field) : ''
  }

  #request(logstore: string): object {
    const secret = typed('accessKeySecret')
    return {
      id: textOf(this.#node['id']),
      ...{ project: typed('project'), endpoint: typed('endpoint'), port: typed('port') },
      ...{ bootstrap: typed('bootstrap'), serverName: typed('serverName'), tls: typed('tls') },
      pastedTls: pastedTls(typed('tls')),
      accessKeyId: typed('accessKeyId'),
      accessKeySecret: secret === STORED_PASSWORD ? null : secret,
      logstore,
    }
  }

  /** The logstore to test: of the dialog below, of a pasted address, or of a node of this project. */
  #logstore(): string {
    const below = textOf(sharedLogstoreField()?.value)
    const used = ['sls-kafka-in', 'sls-kafka-out']
      .flatMap((type) => RED.nodes.filterNodes({ type }))
      .filter(({ project }) => project === this.#node['id'])
      // The logstore of an `sls out` can come from a message or a variable.
      .filter(({ logstoreType = 'str' }) => logstoreType === 'str')
      .map(({ logstore }) => textOf(logstore))
    return [below, this.#proposedLogstore(), ...used].find((name) => name !== '') ?? ''
  }

  #setRunning(isRunning: boolean): void {
    const button = element('sls-project-test') as HTMLButtonElement
    button.disabled = isRunning
    button.setAttribute('aria-busy', String(isRunning))
  }

  #text(key: string, values?: Readonly<Record<string, string | number>>): string {
    return this.#translate(`sls-project.${key}`, values)
  }
}
