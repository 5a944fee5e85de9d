/** Versions of one API, both ends included. */
export interface VersionRange {
  readonly least: number
  readonly greatest: number
}

export interface VersionMismatch {
  readonly api: string
  readonly ours: VersionRange
  /** Null if the broker does not offer the API at all. */
  readonly theirs: VersionRange | null
  /** `host:port` of the broker. */
  readonly address: string
}

/** A broker does not offer a version of an API that this client can speak. Nothing was sent. */
export class UnsupportedApiError extends Error implements VersionMismatch {
  override readonly name = 'UnsupportedApiError'
  readonly api: string
  readonly ours: VersionRange
  readonly theirs: VersionRange | null
  readonly address: string

  constructor({ api, ours, theirs, address }: VersionMismatch) {
    const offer = theirs ? `offers versions ${rangeText(theirs)}` : 'does not offer it'
    super(`${api} is needed in one of the versions ${rangeText(ours)}; ${address} ${offer}`)
    this.api = api
    this.ours = ours
    this.theirs = theirs
    this.address = address
  }
}

function rangeText({ least, greatest }: VersionRange): string {
  return `${least} to ${greatest}`
}
