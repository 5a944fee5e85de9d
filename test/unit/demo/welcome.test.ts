import assert from 'node:assert/strict'
import { welcome } from '../../../tools/demo/welcome'

describe('demo/welcome', () => {
  const url = 'http://127.0.0.1:1999/'
  const bootstrap = '127.0.0.1:9999'
  const facts = { url, bootstrap, isOtherPort: true, file: 'access.log' }

  for (const language of ['en-US', 'zh-CN'] as const) {
    it(`names the addresses, the taken port and the file in ${language}`, () => {
      const text = welcome(facts, language)
      for (const fact of [url, bootstrap, '1880', 'access.log'])
        assert.ok(text.includes(fact), fact)
    })
  }

  it('speaks Chinese to a Chinese terminal alone', () => {
    assert.match(welcome(facts, 'zh-CN'), /演示/)
    assert.doesNotMatch(welcome(facts, 'en-US'), /\p{Script=Han}/u)
  })
})
