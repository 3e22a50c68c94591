import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { askHttps } from '../ask-https.ts'
import { identityOf } from '../certificates.ts'
import { startDaemon } from '../daemon.ts'
import { hostOf, labPath, nodeAddress, ports } from '../layout.ts'
import type { Part } from '../part.ts'
import { registryAccounts } from '../site-account.ts'

const program = fileURLToPath(new URL('../token-server.ts', import.meta.url))
const settingsPath = labPath('registry', 'tokens.json')
const keyId = 'lab'
const issuer = 'tierseal lab'
const service = 'registry'
const jwks = labPath('registry', 'jwks.json')

/** How the registry is told to trust the tokens: its configuration under `auth.token`. */
export const tokenAuthentication: Readonly<Record<string, unknown>> = {
  realm: `https://${hostOf('registryTokens')}/token`,
  ...{ service, issuer, jwks },
  signingalgorithms: ['ES256'],
}

/**
 * The accounts of the registry, each with rights by path. The CNCF registry itself knows accounts only (htpasswd):
 * what an account may do with which path is a token server's to say, and every site brings its own.
 */
export const registryTokens: Part = {
  name: 'registry-tokens',
  after: [],
  daemons: ['registry-tokens'],
  start(state) {
    writeSettings()
    const args = ['--conditions=source', program, settingsPath]
    startDaemon(state, 'registry-tokens', process.execPath, args)
  },
  ready: async () => (await askHttps(`https://${hostOf('registryTokens')}/token`)).status === 401,
}

// Once: the registry reads the key when it starts.
function writeSettings(): void {
  if (existsSync(settingsPath)) return
  mkdirSync(labPath('registry'), { recursive: true })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' })
  writeFileSync(jwks, JSON.stringify({ keys: [{ ...publicKey, kid: keyId, alg: 'ES256' }] }))
  const settings = {
    ...{ host: nodeAddress, port: ports.registryTokens, ...identityOf('server') },
    signingKey: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    ...{ keyId, issuer, service, accounts: registryAccounts() },
  }
  writeFileSync(settingsPath, JSON.stringify(settings), { mode: 0o600 })
}
