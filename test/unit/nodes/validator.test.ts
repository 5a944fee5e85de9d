import assert from 'node:assert/strict'
import * as rule from '../../../lib/config/fields'
import type { EditorNode } from '../../../nodes/shared/editor/editor-red'
import { validatorFor } from '../../../nodes/shared/editor/validator'

/** Stands for a node in the editor, whose texts are their keys and values. */
const NODE: EditorNode = { _: (key, values = {}) => [key, ...Object.values(values)].join(' ') }

function complaint(apply: rule.Rule, value: unknown): true | string {
  return validatorFor('set')('field', apply).call(NODE, value, {})
}

describe('a validator of an edit dialog', () => {
  it('accepts a variable as the whole value', () => {
    assert.equal(complaint(rule.logstoreName, '${LOGSTORE}'), true)
    assert.equal(complaint(rule.wholeNumber({ min: 1, max: 2 }), '$(COUNT)'), true)
  })

  for (const value of ['nr-${HOST}', '${A}${B}', ' ${HOST}', '${NO NAME}']) {
    it(`refuses the variable in "${value}", which Node-RED does not replace`, () => {
      assert.match(String(complaint(rule.present, value)), /^set\.problems\.variable-in-text/)
    })
  }

  it('names a value that is neither text nor number', () => {
    assert.equal(complaint(rule.present, ['g']), 'set.problems.not-text ["g"] set.fields.field')
    assert.match(String(complaint(rule.oneOf(['a']), true)), /^set\.problems\.not-text true/)
  })

  it('suggests a region for a typing error of one letter', () => {
    const wrong = complaint(rule.regionSpelling, 'cn-hangzou.log.aliyuncs.com')
    assert.equal(wrong, 'set.problems.region cn-hangzou cn-hangzhou set.fields.field')
    for (const right of ['cn-hangzhou.log.aliyuncs.com', 'cn-wuhan.log.aliyuncs.com', '']) {
      assert.equal(complaint(rule.regionSpelling, right), true, right)
    }
  })
})
