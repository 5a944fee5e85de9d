import { isVariable, textOf, type Rule } from '../../lib/options/fields'
import type { Validator } from './editor-red'

/**
 * Turns a rule of the runtime into a validator of the edit dialog, so that each rule exists once. The
 * editor asks a validator for its text only if it declares two parameters.
 *
 * @param set the node's type, under which its catalogue has the texts
 */
export function validatorFor(set: string): (field: string, apply: Rule) => Validator {
  return (field, apply) =>
    function (value, _options) {
      const text = textOf(value)
      const problem = isVariable(text) ? null : apply(field, text)
      if (!problem) return true
      const name = this._(`${set}.fields.${field}`)
      return this._(`${set}.problems.${problem.reason}`, { ...problem.params, field: name })
    }
}
