import { problemOf, type Rule } from '../../../lib/config/fields'
import type { Validator } from './editor-red'
import { problemSentence } from '../../../lib/error-texts'
import { problemText } from './texts'
import { inCatalogueOf } from '../../../lib/translate'

/**
 * Turns rules of the runtime into validators of the edit dialog, so that each rule exists once. The editor shows
 * the text of a validator only if the validator declares two parameters.
 *
 * @param set the type of the node, whose catalogue has the texts
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

/** The same with the texts of the runtime, for a node whose runtime reports problems with them as well. */
export function runtimeValidator(field: string, apply: Rule): Validator {
  return (value, _options) => {
    const problem = problemOf(field, value, apply)
    return problem ? problemText(problem) : true
  }
}
