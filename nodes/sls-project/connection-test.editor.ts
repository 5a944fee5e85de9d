import { textOf } from '../../lib/config/fields'
import type { Problem } from '../../lib/config/problem'
import { maskAccessKeyId } from '../../lib/sls/credentials'
import { hostText } from '../../lib/sls/endpoint'
import { PROBE_STEPS } from '../../lib/sls/probe-steps'
import { regionHint } from '../../lib/sls/regions'
import type { RefusalAnswer, StepAnswer } from '../common/admin-answers'
import { element, STORED_PASSWORD } from '../common/dialog.editor'
import type { EditorNode, EditorRED } from '../common/editor-red'
import { logstoreBelow } from '../common/logstore-below.editor'
import { postLines } from '../common/post-lines.editor'
import { errorText, problemText } from '../common/texts.editor'
import { translator } from '../common/translate'
import { typed, typedTarget, type Field } from './form.editor'
import { StepList } from './step-list.editor'

declare const RED: EditorRED

type Outcome = 'passed' | 'failed'

/** Tries the connection with what is typed, and shows each step as it is reached. */
export class ConnectionTest {
  readonly #node: EditorNode
  readonly #translate = translator((key, values) => this.#node._(key, values))
  readonly #proposedLogstore: () => string
  readonly #list: StepList
  #end = (): void => undefined

  /** @param proposedLogstore one that is known from elsewhere, or empty */
  constructor(node: EditorNode, proposedLogstore: () => string) {
    this.#node = node
    this.#proposedLogstore = proposedLogstore
    this.#list = new StepList(element('sls-project-steps'))
    element('sls-project-test').addEventListener('click', () => {
      this.#run()
    })
  }

  /** The dialog closes. */
  end(): void {
    this.#end()
  }

  #run(): void {
    this.#end()
    this.#list.clear()
    this.#setRunning(true)
    const logstore = this.#logstore()
    this.#begin(0, logstore)
    let last: StepAnswer | undefined
    this.#end = postLines<StepAnswer>('sls-project/test', this.#request(logstore), {
      onLine: (answer) => {
        last = answer
        this.#show(answer, logstore)
      },
      onEnd: () => {
        this.#setRunning(false)
        if (!last?.failure) this.#conclude(last, logstore)
      },
      onRefused: (answer) => {
        this.#setRunning(false)
        this.#list.clear()
        this.#list.conclude('failed', this.#refusalText(answer))
      },
    })
  }

  #show(answer: StepAnswer, logstore: string): void {
    const { step, took, shards, failure } = answer
    const outcome: Outcome = failure ? 'failed' : 'passed'
    const found = shards === undefined ? '' : this.#text('test.shards', { shards })
    const time = this.#text('test.took', { milliseconds: took })
    this.#list.end(outcome, [found, time].filter(Boolean).join(' · '))
    if (failure) this.#list.conclude('failed', this.#failureText(failure, logstore), failure.code)
    else this.#begin(PROBE_STEPS.findIndex((name) => name === step) + 1, logstore)
  }

  #begin(index: number, logstore: string): void {
    const step = PROBE_STEPS[index]
    if (!step || (step === 'logstore' && !logstore)) return
    const name = this.#text(`steps.${step}`, { logstore })
    this.#list.begin(name)
  }

  #conclude(last: StepAnswer | undefined, logstore: string): void {
    if (!last) this.#list.conclude('failed', this.#text('refusals.failed'))
    else this.#list.conclude('passed', this.#text(logstore ? 'test.passed' : 'test.no-logstore'))
  }

  #failureText({ code, reason }: NonNullable<StepAnswer['failure']>, logstore: string): string {
    const { host = '', port = '' } = typedTarget() ?? {}
    const id = typed('accessKeyId')
    return errorText(code, {
      ...(code === 'SLS_HOST_NOT_FOUND' && regionHint(host)),
      ...{ host: hostText(host), port, logstore, project: typed('project') },
      accessKeyId: id.startsWith('$') || id === '' ? id : maskAccessKeyId(id),
      domain: typed('endpoint'),
      detail: this.#text(`reasons.${reason}`),
    })
  }

  #refusalText({ refusal, problems = [] }: RefusalAnswer): string {
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
      ...{ bootstrap: typed('bootstrap'), tls: tlsId(), accessKeyId: typed('accessKeyId') },
      accessKeySecret: secret === STORED_PASSWORD ? null : secret,
      logstore,
    }
  }

  /** Of the address that was pasted, the dialog below, or a node that reads this project. */
  #logstore(): string {
    const below = textOf(logstoreBelow()?.value)
    const readers = RED.nodes
      .filterNodes({ type: 'sls-kafka-in' })
      .filter(({ project }) => project === this.#node['id'])
      .map(({ logstore }) => textOf(logstore))
    return [below, this.#proposedLogstore(), ...readers].find((name) => name !== '') ?? ''
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

/** The editor's "none" is no id. */
function tlsId(): string {
  const id = typed('tls')
  return id === '_ADD_' ? '' : id
}
