import { problemOf, type Rule } from '../../lib/config/fields'
import type { Validator } from './editor-red'
import { problemSentence } from './sentences'
import { inCatalogueOf } from './translate'

/**
 * Turns a rule of the runtime into a validator of the edit dialog, so that each rule exists once. The
 * editor asks a validator for its text only if it declares two parameters.
 *
 * @param set the node's type, under which its catalogue has the texts
 */
export function validatorFor(set: string): (field: string, apply: Rule) => Validator {
  return (field, apply) =>
    function (value, _options) {
      const problem = problemOf(field, value, apply)
      if (!problem) return true
      return problemSentence(
        problem,
        inCatalogueOf(set, (key, values) => this._(key, values)),
      )
    }
}
