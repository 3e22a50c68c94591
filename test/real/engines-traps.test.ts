// What each engine does wrong, met by our actions inside of it (facts: runner.md 3).
import {
  findLeftovers,
  findSecrets,
  generateCosignKeyPair,
  lacksTools,
  pushImage,
  startGitServer,
  startRegistry,
  type TestGitServer,
  type TestRegistry,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, runWorkflow, workflow } from './engines/run-workflow.ts'
import { makeSigningKey } from './pin-signing-key.ts'
import { digestOf, git, overlayFiles, PinSite, registry as pinned } from './pin-site.ts'

const tools = { cosign: 'cosign3', kustomize: 'kustomize' } as const
const app = `${pinned}/app`
const web = `${pinned}/web`

let registry: TestRegistry
let server: TestGitServer
let count = 0

beforeAll(async () => {
  registry = await startRegistry()
  server = await startGitServer()
})

afterAll(async () => {
  await registry.stop()
  await server.stop()
})

function pinSite(): PinSite {
  const images = `images:\n- name: ${app}\n- name: ${web}\n`
  return PinSite.create(server, `traps-${count++}`, overlayFiles('dev', images, [app, web]))
}

// What a step with an id gave, as a later step sees it.
function shows(id: string): string {
  return `      - env: { GIVEN: "\${{ toJSON(steps.${id}.outputs) }}" }
        run: node -e 'console.log("given " + JSON.stringify(JSON.parse(process.env.GIVEN)))'
`
}

function given(log: string): Record<string, string> {
  const text = /given (\{.*\})\r?$/m.exec(log)?.[1]
  if (text === undefined) throw new Error(`no outputs in the log:\n${log}`)
  return JSON.parse(text)
}

describe.skipIf(lacksTools('act', 'nektos-act', 'registry', 'kustomize', 'cosign3')).each(engines)(
  'in the runner engine %s',
  (engine) => {
    test('a key of several lines is signed with, and no line of it is shown in any form', async () => {
      const site = pinSite()
      const key = makeSigningKey('canary passphrase 9Q')
      const steps = `
      - uses: org/actions/kustomize-pin@v1
        with:
          repository: ${site.url}
          git-ca: ${server.caPath}
          token: \${{ secrets.TOKEN }}
          pins: dev ${app}@${digestOf('a')}
          signing-key: \${{ secrets.KEY }}
          signing-passphrase: \${{ secrets.PASSPHRASE }}
`
      const secrets = { TOKEN: server.token, KEY: key.armored, PASSPHRASE: key.passphrase }
      // A runner's own environment reaches every step: these two would print the token.
      const env = { GIT_TRACE_CURL: '1', GIT_TRACE: '1' }
      const run = await runWorkflow(engine, workflow(steps), { secrets, tools, env })
      expect(run.succeeded, run.log).toBe(true)
      expect(git(site.bare, ['cat-file', 'commit', 'main'])).toContain('BEGIN PGP SIGNATURE')
      expect(findSecrets({ log: run.log }, secrets)).toEqual([])
      expect(findSecrets(run.home, secrets)).toEqual([])
      expect(findLeftovers(run.home)).toEqual({ processes: [], mounts: [] })
    })

    test('a password with percent signs that is refused is not shown', async () => {
      const steps = `
      - uses: org/actions/assert-digest@v1
        with:
          image: ${registry.host}/dev/payments
          digest: ${digestOf('a')}
          registry-ca: ${registry.caPath}
          registry-username: nobody
          registry-password: \${{ secrets.PASSWORD }}
`
      const secrets = { PASSWORD: 'canary%2Fpass%word=8%' }
      const run = await runWorkflow(engine, workflow(steps), { secrets })
      expect(run.succeeded).toBe(false)
      expect(run.log).toContain('REGISTRY_UNAUTHORIZED')
      // Gitea's daemon drops what sets a mask; its engine alone, as here, prints it.
      const shown = run.log.split('\n').filter((line) => !line.includes('::add-mask::'))
      expect(findSecrets({ log: shown.join('\n') }, secrets)).toEqual([])
    })

    test('a password with colons, which ends the command of its mask early, is not shown', async () => {
      const steps = `
      - uses: org/actions/assert-digest@v1
        with:
          image: ${registry.host}/dev/payments
          digest: ${digestOf('a')}
          registry-ca: ${registry.caPath}
          registry-username: nobody
          registry-password: canary-seven::canary-eight
`
      const run = await runWorkflow(engine, workflow(steps))
      expect(run.log).toContain('REGISTRY_UNAUTHORIZED')
      const said = run.log.split('\n').filter((line) => line.includes('add-mask'))
      expect(said.join('\n')).not.toContain('canary')
    })

    test('every output arrives in the next step, those of several lines whole', async () => {
      const site = pinSite()
      const steps = `
      - id: pin
        uses: org/actions/kustomize-pin@v1
        with:
          repository: ${site.url}
          git-ca: ${server.caPath}
          token: \${{ secrets.TOKEN }}
          pins: |
            dev ${app}@${digestOf('a')}
            dev ${web}@${digestOf('b')}
${shows('pin')}`
      const run = await runWorkflow(engine, workflow(steps), {
        secrets: { TOKEN: server.token },
        tools,
      })
      expect(given(run.log)).toEqual({
        commit: site.git('rev-parse', 'main'),
        changed: 'true',
        superseded: 'false',
        attempts: '1',
        'previous-digest': 'none\nnone',
      })
    })

    test('an action that gets nothing names every input that it lacks, since no engine does', async () => {
      const names = ['kaniko-build', 'assert-digest', 'vault-fetch-key', 'cosign-sign']
      const steps = [...names, 'kustomize-pin']
        .map((name) => `      - { if: always(), uses: org/actions/${name}@v1 }\n`)
        .join('')
      const run = await runWorkflow(engine, workflow(steps), { tools })
      expect(run.succeeded).toBe(false)
      for (const input of ['destination', 'image', 'vault-address', 'role', 'key', 'repository']) {
        expect(run.log).toMatch(new RegExp(`input ${input}\\b`))
      }
    })

    test('after a job that was stopped and reported as a success, every link refuses what it left', async () => {
      const site = pinSite()
      const before = site.git('rev-parse', 'main')
      const text = `name: deploy
on: push
jobs:
  build:
    runs-on: host
    outputs: { image: "\${{ steps.none.outputs.image }}", key: "\${{ steps.none.outputs.key }}" }
    steps:
      - run: "true"
  deploy:
    needs: build
    runs-on: host
    steps:
      - uses: org/actions/assert-digest@v1
        with: { image: "${registry.host}/dev/payments", digest: "\${{ needs.build.outputs.digest }}" }
      - if: always()
        uses: org/actions/cosign-sign@v1
        with: { image: "\${{ needs.build.outputs.image }}", key: "\${{ needs.build.outputs.key }}" }
      - if: always()
        uses: org/actions/kustomize-pin@v1
        with:
          repository: ${site.url}
          git-ca: ${server.caPath}
          token: \${{ secrets.TOKEN }}
          pins: dev \${{ needs.build.outputs.image }}
`
      const run = await runWorkflow(engine, text, { secrets: { TOKEN: server.token }, tools })
      expect(run.succeeded).toBe(false)
      const nothingSigned = 'image and images are both empty'
      for (const text of ['DIGEST_EMPTY', nothingSigned, 'PIN_LINE_INVALID']) {
        expect(run.log).toContain(text)
      }
      expect(site.git('rev-parse', 'main')).toBe(before)
    })

    test('nobody is asked at the terminal: a wrong token, passphrase or password fails at once', async () => {
      const site = pinSite()
      const digest = await pushImage(registry, 'dev/asked', { tag: '1' })
      const key = makeSigningKey('canary passphrase 9Q')
      const pin = (token: string, passphrase: string): string => `
      - if: always()
        uses: org/actions/kustomize-pin@v1
        with:
          repository: ${site.url}
          git-ca: ${server.caPath}
          token: ${token}
          pins: dev ${app}@${digestOf('a')}
          signing-key: \${{ secrets.KEY }}
          signing-passphrase: ${passphrase}
`
      const steps = `${pin('wrong-token', key.passphrase)}${pin(server.token, 'wrong-passphrase')}
      - if: always()
        uses: org/actions/cosign-sign@v1
        env: { TIER_KEY: "\${{ secrets.COSIGN_KEY }}" }
        with:
          image: ${registry.host}/dev/asked@${digest}
          key: env://TIER_KEY
          registry-ca: ${registry.caPath}
          registry-username: ${registry.username}
          registry-password: ${registry.password}
`
      const { privateKey } = generateCosignKeyPair('canary-key-password')
      const secrets = { KEY: key.armored, COSIGN_KEY: privateKey }
      const started = performance.now()
      const run = await runWorkflow(engine, workflow(steps), { secrets, tools })
      expect(run.succeeded).toBe(false)
      for (const code of ['GIT_UNAUTHORIZED', 'PIN_SIGNING_KEY_INVALID', 'SIGN_KEY_PASSWORD']) {
        expect(run.log).toContain(code)
      }
      expect(performance.now() - started).toBeLessThan(60_000)
      expect(findLeftovers(run.home).processes).toEqual([])
    })
  },
)

test('the terminal is there: a step of either engine can ask, and nobody would answer', async () => {
  const ttyOf = async (engine: (typeof engines)[number]): Promise<string> => {
    const { log } = await runWorkflow(engine, workflow('      - run: "tty || true"\n'))
    return log
  }
  for (const engine of engines) expect(await ttyOf(engine)).toMatch(/\/dev\/pts\/\d+/)
})
