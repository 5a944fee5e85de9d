import type { IncomingHttpHeaders } from 'node:http'

/**
 * The origin of the page that asks, if it is another one than that of the editor; null if it is not, or if
 * no page asks. Browsers send `Origin` with every request of another origin whose answer a page can read,
 * and with every POST. The scheme does not count, because a proxy may take TLS off.
 *
 * @param allowed `slsKafka.allowedOrigins` of settings.js, whatever stands there
 */
export function foreignOrigin(headers: IncomingHttpHeaders, allowed: unknown): string | null {
  const { origin, host, 'sec-fetch-site': site, 'x-forwarded-host': forwarded } = headers
  if (origin === undefined || site === 'same-origin') return null
  // Node-RED 4 lets every page send every header; but none can forge what the browser says itself.
  const proxied =
    site === undefined
      ? String(forwarded ?? '')
          .split(',')[0]
          ?.trim()
      : ''
  const isOwn = [host, proxied].some((own) => own && isAt(origin, own))
  return isOwn || originsIn(allowed).includes(origin) ? null : origin
}

/** Browsers leave the port out that belongs to the scheme; proxies may or may not. */
function isAt(origin: string, host: string): boolean {
  const page = parse(origin)
  return page !== null && parse(`${page.protocol}//${host}`)?.host === page.host
}

/** `null`, the origin of pages without any, is never one of them. */
function originsIn(allowed: unknown): readonly unknown[] {
  return [allowed]
    .flat()
    .map((one) => parse(String(one))?.origin)
    .filter((origin) => origin !== 'null')
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null
}
