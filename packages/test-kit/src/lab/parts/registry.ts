import { mkdirSync, writeFileSync } from 'node:fs'
import { askHttps } from '../ask-https.ts'
import { identityOf } from '../certificates.ts'
import { startDaemon } from '../daemon.ts'
import { hostOf, labPath, nodeAddress } from '../layout.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'
import { passwordFor, siteAccount } from '../site-account.ts'
import { tokenAuthentication } from './registry-tokens.ts'

/** The CNCF registry with TLS by the site's authority; who may do what is in the tokens that it is shown. */
export const registry: Part = {
  name: 'registry',
  after: ['registry-tokens'],
  daemons: ['registry'],
  start(state) {
    writeDockerConfig()
    const path = labPath('registry', 'config.json')
    writeFileSync(path, JSON.stringify(configuration()))
    startDaemon(state, 'registry', program('registry'), ['serve', path], {
      env: { OTEL_TRACES_EXPORTER: 'none' },
    })
  },
  ready: async () => (await askHttps(`https://${hostOf('registry')}/v2/`)).status === 401,
}

/** The directory for DOCKER_CONFIG of whoever pushes. */
export const dockerConfigDirectory: string = labPath('registry', 'docker')

function configuration(): Record<string, unknown> {
  const { certificate, key } = identityOf('server')
  return {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: labPath('registry', 'data') },
      delete: { enabled: true },
    },
    http: {
      addr: hostOf('registry'),
      secret: passwordFor('registry http secret'),
      tls: { certificate, key },
      host: `https://${nodeAddress}:5000`,
    },
    auth: { token: tokenAuthentication },
  }
}

function writeDockerConfig(): void {
  mkdirSync(dockerConfigDirectory, { recursive: true })
  const { pusher, pusherPassword } = siteAccount
  const auth = Buffer.from(`${pusher}:${pusherPassword()}`).toString('base64')
  const config = { auths: { [hostOf('registry')]: { auth } } }
  writeFileSync(`${dockerConfigDirectory}/config.json`, JSON.stringify(config), { mode: 0o600 })
}
