import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findSecrets, lacksTools, temporaryDirectory } from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'
import { devFiles, gitHost, pinOf } from './pin-fixture.ts'
import { makeSigningKey } from './pin-signing-key.ts'
import { git } from './pin-site.ts'

describe.skipIf(lacksTools('kustomize'))('kustomize-pin and what surrounds it', () => {
  const host = gitHost()

  test('no token is ever in a command line of git, nor in the configuration of a repository', async () => {
    const forge = host.site({ 'README.md': 'source' }, 'forge')
    const older = forge.git('rev-parse', 'main')
    const newer = forge.commit('README.md', 'more')
    const site = host.site()
    const records = temporaryDirectory('records')
    const more = {
      'git-path': recordingGit(records),
      'source-url': forge.url,
      'source-token': host.server.token,
      'source-repository': 'src',
    }
    await site.pin([pinOf('a')], { ...more, 'source-revision': older })
    const result = await site.pin([pinOf('b')], { ...more, 'source-revision': newer })
    expect(result.outputs['changed'], result.log).toBe('true')
    const commands = readFileSync(join(records, 'arguments'), 'utf8')
    for (const command of ['push', 'fetch', 'ls-remote']) expect(commands).toContain(`${command}\n`)
    expect(readFileSync(join(records, 'configurations'), 'utf8')).toContain('bare = true')
    const basic = (user: string) => Buffer.from(`${user}:${host.server.token}`).toString('base64')
    const secrets = {
      token: host.server.token,
      basic: basic('git'),
      source: basic('x-access-token'),
    }
    expect(findSecrets(records, secrets)).toEqual([])
  })

  test('a hostile home and GIT_ variables neither run anything nor lead elsewhere', async () => {
    const site = host.site(devFiles, 'hostile')
    const key = makeSigningKey('')
    const home = temporaryDirectory('hostile-home')
    const canary = join(home, 'canary')
    const result = await site.pin(
      [pinOf('a')],
      { 'signing-key': key.armored },
      { env: hostile(home, canary, host.server.url) },
    )
    expect(result.outputs['changed'], result.log).toBe('true')
    expect(site.git('rev-list', '--count', 'main')).toBe('2')
    expect(existsSync(canary)).toBe(false)
    expect(readdirSync(home).sort()).toEqual(['.config', '.gitconfig', 'hooks', 'run'])
  })

  test('the same home does lead git astray that reads it', () => {
    const home = temporaryDirectory('hostile-home')
    const canary = join(home, 'canary')
    hostile(home, canary, host.server.url)
    const env = { GIT_CONFIG_GLOBAL: join(home, '.gitconfig') }
    const ask = () => git('/', ['ls-remote', `${host.server.url}/hostile.git`], env)
    expect(ask).toThrow(/127\.0\.0\.1:1|port 1/)
  })
})

/** A git that writes down its arguments, and the configuration of its repository after each command. */
function recordingGit(records: string): string {
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const path = join(temporaryDirectory('recording-git'), 'git')
  const script = [
    '#!/bin/sh',
    `printf '%s\\n' "$@" >> ${records}/arguments`,
    `${real} "$@"`,
    'status=$?',
    `for a; do case $a in --git-dir=*) cat "\${a#--git-dir=}/config" >> ${records}/configurations;; esac; done`,
    'exit $status',
  ]
  writeFileSync(path, script.join('\n'), { mode: 0o755 })
  return path
}

/** Every way that we know of in which a user's settings make git run a program or go elsewhere. */
function hostile(home: string, canary: string, url: string): Record<string, string> {
  const run = join(home, 'run')
  writeFileSync(run, `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 })
  const hooks = join(home, 'hooks')
  mkdirSync(hooks)
  for (const hook of ['pre-push', 'reference-transaction', 'post-index-change', 'post-checkout'])
    writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 })
  const settings = [
    `[url "https://127.0.0.1:1/"]\n\tinsteadOf = ${url}/`,
    `[core]\n\thooksPath = ${hooks}\n\tfsmonitor = ${run}\n\tsshCommand = ${run}\n\tgitProxy = ${run}`,
    `[credential]\n\thelper = "!${run}"`,
    '[http]\n\tproxy = http://127.0.0.1:1',
    `[gpg]\n\tprogram = ${run}`,
    `[diff]\n\texternal = ${run}`,
    '[commit]\n\tgpgSign = true',
    '[push]\n\tgpgSign = true\n\tfollowTags = true',
  ].join('\n')
  const configuration = join(home, '.gitconfig')
  writeFileSync(configuration, settings)
  mkdirSync(join(home, '.config', 'git'), { recursive: true })
  writeFileSync(join(home, '.config', 'git', 'config'), settings)
  return {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    GIT_CONFIG_GLOBAL: configuration,
    GIT_CONFIG_SYSTEM: configuration,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.https://127.0.0.1:1/.insteadOf`,
    GIT_CONFIG_VALUE_0: `${url}/`,
    GIT_CONFIG_PARAMETERS: `'core.hooksPath=${hooks}'`,
    GIT_DIR: join(home, 'nowhere'),
    GIT_WORK_TREE: home,
    GIT_INDEX_FILE: join(home, 'index'),
    GIT_OBJECT_DIRECTORY: join(home, 'objects'),
    GIT_EXEC_PATH: home,
    GIT_TEMPLATE_DIR: home,
    GIT_ASKPASS: run,
    SSH_ASKPASS: run,
    GIT_SSH_COMMAND: run,
    GIT_PROXY_COMMAND: run,
    GIT_EXTERNAL_DIFF: run,
    GIT_PAGER: run,
    GIT_EDITOR: run,
    GIT_TRACE: join(home, 'trace'),
    GIT_TRACE_CURL: join(home, 'trace-curl'),
    GNUPGHOME: home,
  }
}
