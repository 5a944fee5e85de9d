/**
 * Naming rules of SLS (help.aliyun.com, "CreateProject" and "CreateLogStore"). Names have lowercase letters, digits and
 * hyphens, in a logstore also underscores. The first and last character is a letter or digit. A project has 3 to 63
 * characters, a logstore 2 to 63. `<logstore>.<0..31>` is an SPL virtual topic.
 */
const PROJECT = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/
const LOGSTORE = /^[a-z0-9][a-z0-9_-]{0,61}[a-z0-9](\.([0-9]|[12][0-9]|3[01]))?$/

export function isProjectName(name: string): boolean {
  return PROJECT.test(name)
}

/** Whether a name is a valid name of a virtual topic, which is a logstore with an SPL filter. */
export function isVirtualTopicName(name: string): boolean {
  return isLogstoreName(name) && name.includes('.')
}

export function isLogstoreName(name: string): boolean {
  return LOGSTORE.test(name)
}
