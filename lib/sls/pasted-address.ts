import { parseEndpoint } from './endpoint'
import { isLogstoreName, isProjectName } from './names'
import { endpointOf, readEndpoint } from './regions'

/** The parts of a pasted address. */
export interface PastedAddress {
  readonly project: string
  /** Absent if the address names no region. */
  readonly endpoint?: string
  readonly logstore?: string
}

/** Hosts of the consoles for China and for other countries, with any prefix. */
const CONSOLE = /(^|\.)console\.(aliyun|alibabacloud)\.com$/
const PROJECT_PATH = /\/project\/([^/]+)(?:\/[a-z]+\/([^/]+))?/i

/**
 * Reads the address of a console page, for example
 * `https://sls.console.aliyun.com/lognext/project/<project>/logsearch/<logstore>?slsRegion=<region>`, or a host with
 * a project, `<project>.<region>.log.aliyuncs.com`. Returns null for any other text.
 */
export function readPastedAddress(text: string): PastedAddress | null {
  return readConsoleAddress(text.trim()) ?? readProjectHost(text)
}

function readConsoleAddress(text: string): PastedAddress | null {
  const url = parseUrl(text)
  if (!url || !CONSOLE.test(url.hostname)) return null
  const [, project = '', logstore = ''] = PROJECT_PATH.exec(decoded(url.pathname)) ?? []
  if (!isProjectName(project)) return null
  const region = url.searchParams.get('slsRegion') ?? ''
  return {
    project,
    ...(/^[a-z0-9-]+$/.test(region) && { endpoint: endpointOf(region, 'public') }),
    ...(isLogstoreName(logstore) && { logstore }),
  }
}

function readProjectHost(text: string): PastedAddress | null {
  const host = parseEndpoint(text)?.host ?? ''
  const dot = host.indexOf('.')
  const project = host.slice(0, dot)
  const endpoint = host.slice(dot + 1)
  return isProjectName(project) && readEndpoint(endpoint) ? { project, endpoint } : null
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
