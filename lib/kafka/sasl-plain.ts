import type { Mechanism, SASLOptions } from 'kafkajs'
import type { ProjectOptions } from '../options/project-options'

/**
 * SASL PLAIN by kafkajs's public provider interface. kafkajs's own wraps every error of the exchange,
 * also a broken connection, into one that is never retried (tulios/kafkajs#1550); this one lets a
 * transport error be what it is.
 */
export function saslPlain({ login }: ProjectOptions): Mechanism | SASLOptions {
  const token = lengthPrefixed(['', login.username, login.password].join('\0'))
  return {
    mechanism: 'plain',
    authenticationProvider: ({ saslAuthenticate }) => ({
      authenticate: async () => {
        await saslAuthenticate({
          request: { encode: () => token },
          // What a server adds to its consent means nothing to PLAIN.
          response: { decode: (data) => data, parse: (data) => data },
        })
      },
    }),
  }
}

function lengthPrefixed(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
