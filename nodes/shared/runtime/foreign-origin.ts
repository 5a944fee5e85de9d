import type { IncomingHttpHeaders } from 'node:http'

/**
 * The origin of the requesting page, if the page is not the editor's and not allowed; else null. Browsers send
 * `Origin` with every POST, and with every cross-origin request whose response a page can read. The scheme is not
 * compared, because a proxy can terminate TLS.
 *
 * @param allowed `slsKafka.allowedOrigins` of settings.js, unchecked
 */
export function foreignOrigin(headers: IncomingHttpHeaders, allowed: unknown): string | null {
  const { origin, host, 'sec-fetch-site': site, 'x-forwarded-host': forwarded } = headers
  if (origin === undefined || site === 'same-origin') return null
  // Node-RED 4 lets a page send any header, but a page cannot forge `Sec-Fetch-Site`.
  const proxied =
    site === undefined
      ? String(forwarded ?? '')
          .split(',')[0]
          ?.trim()
      : ''
  const isOwn = [host, proxied].some((own) => own && isAt(origin, own))
  return isOwn || originsIn(allowed).includes(origin) ? null : origin
}

/** Compares an origin with a host. Browsers leave out the default port of the scheme; some proxies do not. */
function isAt(origin: string, host: string): boolean {
  const page = parse(origin)
  return page !== null && parse(`${page.protocol}//${host}`)?.host === page.host
}

/** The allowed origins without `null`, which is the origin of every page without one. */
function originsIn(allowed: unknown): readonly unknown[] {
  return [allowed]
    .flat()
    .map((one) => parse(String(one))?.origin)
    .filter((origin) => origin !== 'null')
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null
}
