import { REQUEST_TIMEOUT } from './constants'
import { Dialer } from './dialer'
import { KafkaSession, type SessionOptions } from './session'

/** The steps of a probe that take the Kafka protocol, on connections of their own. */
export class KafkaProbeClient {
  readonly #dialer: Dialer
  readonly #session: KafkaSession

  constructor(options: Omit<SessionOptions, 'dialer'>) {
    this.#dialer = new Dialer({
      project: options.consumer.project,
      groupWait: REQUEST_TIMEOUT,
      onError: (error) => {
        options.logger.debug(`probe: ${String(error)}`)
      },
    })
    this.#session = new KafkaSession({ ...options, dialer: this.#dialer })
  }

  login(): Promise<void> {
    return this.#session.login()
  }

  findLogstore(): Promise<number[]> {
    return this.#session.findLogstore()
  }

  async close(): Promise<void> {
    this.#dialer.close()
    await this.#session.close()
  }
}
