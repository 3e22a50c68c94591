import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

/** A private CA in a folder of its own, such as a site has. */
export interface SiteCertificateAuthority {
  readonly path: string
  readonly pem: string
  /** A server and client certificate for loopback addresses and the given names. */
  issue(
    name: string,
    hosts?: readonly string[],
  ): { readonly certificate: string; readonly key: string }
}

/** Makes a private CA with the system's openssl. */
export function makeCertificateAuthority(directory: string): SiteCertificateAuthority {
  const path = join(directory, 'ca.pem')
  const key = join(directory, 'ca.key')
  openssl([
    ...['req', '-x509', ...newKey, '-days', '7', '-subj', '/CN=tierseal test site CA'],
    ...[
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
    ],
    ...['-keyout', key, '-out', path],
  ])
  return {
    path,
    pem: readFileSync(path, 'utf8'),
    issue: (name, hosts = []) => issue(directory, { path, key }, name, hosts),
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const

function issue(
  directory: string,
  ca: { readonly path: string; readonly key: string },
  name: string,
  hosts: readonly string[],
): { readonly certificate: string; readonly key: string } {
  const files = { certificate: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) }
  const request = join(directory, `${name}.csr`)
  const extensions = join(directory, `${name}.ext`)
  const names = [
    'IP:127.0.0.1',
    'IP:127.0.0.2',
    'DNS:localhost',
    ...hosts.map((host) => `${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`),
  ]
  writeFileSync(
    extensions,
    `subjectAltName=${names.join(',')}\nextendedKeyUsage=serverAuth,clientAuth\n`,
  )
  openssl(['req', ...newKey, '-subj', `/CN=${name}`, '-keyout', files.key, '-out', request])
  openssl([
    ...['x509', '-req', '-in', request, '-days', '7', '-extfile', extensions],
    ...['-CA', ca.path, '-CAkey', ca.key, '-CAcreateserial', '-out', files.certificate],
  ])
  return files
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
