import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { proxyOfNobody } from '@tierseal/action-kit'
import type { BuildRequest } from '../build-request.ts'

type Guarded = Pick<BuildRequest, 'access' | 'buildArguments' | 'context' | 'dockerfile'>

/**
 * Environment that lets kaniko speak plain HTTP only to hosts for which somebody wrote http://. By itself it
 * tries it at any registry with a private address or a name in .local, with the credentials for it, where
 * TLS fails or is slow (docs/decisions/0131-no-plain-http-unasked.md). No RUN sees these variables.
 *
 * @param dockerfileHere false where it is cloned elsewhere, so that only build arguments can name a host
 */
export function plainHttpGuard(
  request: Guarded,
  { dockerfileHere = true } = {},
): Readonly<Record<string, string>> {
  if (request.access.plainHttp) return {}
  const values = request.buildArguments.map(({ value }) => value)
  const texts = dockerfileHere ? [dockerfileOf(request), ...values] : values
  const hosts = texts.flatMap(plainHttpHosts)
  return { HTTP_PROXY: proxyOfNobody, NO_PROXY: [...new Set(hosts)].join(',') }
}

function dockerfileOf({ context, dockerfile }: Guarded): string {
  return readFileSync(join(context, dockerfile), 'utf8')
}

/** The hosts of a text's http:// addresses, with the port, as an ADD names them. */
export function plainHttpHosts(text: string): readonly string[] {
  const addresses = text.matchAll(/\bhttp:\/\/(?:[^/@\s]*@)?([^/\s"'\\]+)/g)
  return [...addresses].flatMap(([, host = '']) => {
    if (!/^[a-z0-9.-]+(:\d+)?$/i.test(host)) return []
    return host.includes(':') ? host : `${host}:80`
  })
}
