import { chownSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { askHttps } from '../ask-https.ts'
import { identityOf } from '../certificates.ts'
import { command } from '../command.ts'
import { startDaemon } from '../daemon.ts'
import { giteaConfiguration } from '../gitea-configuration.ts'
import { hostOf, labPath } from '../layout.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'
import { passwordFor } from '../site-account.ts'
import { type LabState, writeState } from '../state.ts'

/** Where the forge answers, as actions, Argo CD and runners name it. */
export const giteaUrl = `https://${hostOf('gitea')}`

/** The forge's administrator, who owns the platform's repositories. */
export const giteaAdmin = 'platform'

// Gitea refuses to run as root: user and group nobody/nogroup of any Debian.
const nobody = 65534
const binary = labPath('gitea', 'gitea')
const configurationPath = labPath('gitea', 'app.ini')

/** Gitea: forge, host of the actions and of the GitOps repository, server of the runner protocol. */
export const gitea: Part = {
  name: 'gitea',
  after: [],
  daemons: ['gitea'],
  start(state) {
    prepareDirectory()
    startDaemon(state, 'gitea', binary, ['web', '--config', configurationPath], {
      uid: nobody,
      env: { HOME: labPath('gitea', 'home'), USER: 'nobody' },
      cwd: labPath('gitea'),
    })
  },
  async ready(state) {
    if ((await askHttps(`${giteaUrl}/api/healthz`)).status !== 200) return false
    await makeAdministrator(state)
    return true
  },
}

// Below a root that anyone may traverse: the tool cache is usually the administrator's own.
function prepareDirectory(): void {
  if (existsSync(configurationPath)) return
  for (const name of ['.', 'home', 'data', 'repositories', 'custom']) {
    mkdirSync(labPath('gitea', name), { recursive: true })
    chownSync(labPath('gitea', name), nobody, nobody)
  }
  copyFileSync(program('gitea'), binary)
  const { certificate, key } = identityOf('server')
  copyFileSync(certificate, labPath('gitea', 'tls.pem'))
  copyFileSync(key, labPath('gitea', 'tls.key'))
  chownSync(labPath('gitea', 'tls.key'), nobody, nobody)
  writeFileSync(configurationPath, giteaConfiguration(giteaUrl), { mode: 0o600 })
  chownSync(configurationPath, nobody, nobody)
}

async function makeAdministrator(state: LabState): Promise<void> {
  if (state.done['gitea-token'] !== undefined) return
  // An `up` that was cut off here has left the one, or both: a name that is taken is no failure.
  const users = await giteaAdminCommand(['list', '--admin'])
  if (!new RegExp(`\\b${giteaAdmin}\\b`).test(users)) await createAdministrator()
  const scopes = ['--scopes', 'all', '--raw', '--token-name', `lab-${Date.now()}`]
  const token = ['generate-access-token', '--username', giteaAdmin, ...scopes]
  const said = await giteaAdminCommand(token)
  // The command logs to stdout as well, before the token.
  state.done['gitea-token'] = /^[0-9a-f]{40}$/m.exec(said)?.[0] ?? ''
  writeState(state)
}

async function createAdministrator(): Promise<void> {
  await giteaAdminCommand([
    ...['create', '--admin', '--username', giteaAdmin, '--email', 'platform@lab.test'],
    ...['--password', passwordFor('gitea administrator'), '--must-change-password=false'],
  ])
}

function giteaAdminCommand(args: readonly string[]): Promise<string> {
  return command(binary, ['--config', configurationPath, 'admin', 'user', ...args], {
    uid: nobody,
    env: { HOME: labPath('gitea', 'home'), USER: 'nobody' },
    cwd: labPath('gitea'),
  })
}
