// The five actions by the generated workflow, in each engine, with everything real around them.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findLeftovers, findSecrets, lacksTools, temporaryDirectory } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pushBaseImage } from '../../scripts/demo/base-image.ts'
import { type Parts, startParts } from '../../scripts/demo/parts.ts'
import { type Release, type SiteFiles, writeSite } from '../../scripts/demo/site.ts'
import {
  type Engine,
  engines,
  releaseWith,
  startJob,
  type WorkflowRun,
} from './engines/run-workflow.ts'

const tools = { buildah: 'buildah', cosign: 'cosign3', kustomize: 'kustomize' } as const
// What the engines are told that the service is called.
const source = 'platform/payments'
const lacksParts =
  lacksTools('act', 'nektos-act', 'registry', 'openbao', 'cosign3', 'kustomize', 'buildah') ||
  lacksTools('busybox') ||
  process.getuid?.() !== 0

/** A site of its own, with the service on its forge; a checkout for each commit. */
interface Site extends AsyncDisposable {
  readonly parts: Parts
  readonly files: SiteFiles
  /** Pushes a change of the service; gives a checkout of it as its job had it, whole history. */
  commit(greeting: string): string
  /** Runs the dev workflow in a checkout. */
  run(checkout: string, secrets?: Readonly<Record<string, string>>): Promise<WorkflowRun>
  /** The tip of the GitOps repository. */
  tip(): string
}

async function makeSite(engine: Engine, release: Release): Promise<Site> {
  const directory = temporaryDirectory('chain')
  const parts = await startParts(directory)
  await pushBaseImage(parts.registry, directory)
  const files = writeSite(directory, parts, release)
  const bare = parts.git.bareDirectory(source)
  mkdirSync(dirname(bare), { recursive: true })
  git(directory, 'init', '--quiet', '--bare', '--initial-branch=develop', bare)
  git(bare, 'config', 'uploadpack.allowFilter', 'true')
  git(bare, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
  return {
    parts,
    files,
    commit: (greeting) => commit(files.service, bare, greeting),
    run: (checkout, secrets = {}) => run(engine, parts, files, checkout, secrets),
    tip: () => git(parts.git.bareDirectory('deployments'), 'rev-parse', 'main'),
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  }
}

function commit(service: string, bare: string, greeting: string): string {
  writeFileSync(join(service, 'greeting.txt'), `${greeting}\n`)
  git(service, 'commit', '--quiet', '--all', '--allow-empty', '--message', greeting)
  git(service, 'push', '--quiet', bare, 'HEAD:refs/heads/develop')
  const checkout = temporaryDirectory('checkout')
  cpSync(service, checkout, { recursive: true })
  return checkout
}

function run(
  engine: Engine,
  { registry, git: server, reviewer }: Parts,
  files: SiteFiles,
  repository: string,
  more: Readonly<Record<string, string>>,
): Promise<WorkflowRun> {
  const jwt = reviewer.issue({ namespace: 'ci-dev', name: 'ci-signer' })
  writeFileSync(files.serviceAccountToken, jwt, { mode: 0o600 })
  const secrets = {
    REGISTRY_USERNAME_DEV: registry.username,
    REGISTRY_PASSWORD_DEV: registry.password,
    GITOPS_TOKEN_DEV: server.token,
    // The token of the job itself.
    GITHUB_TOKEN: server.token,
    ...more,
  }
  const workflow = join('.gitea', 'workflows', 'deploy-dev.yaml')
  const job = { repository, workflow, label: 'dev-signer', releases: files.actionRepositories }
  return startJob(engine, job, { secrets, tools }).result
}

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=dev', '-c', 'user.email=dev@invalid']
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8' }).trim()
}

let release: Release

beforeAll(() => {
  const directory = releaseWith()
  release = { directory, sha: git(directory, 'rev-parse', 'HEAD') }
})

describe.skipIf(lacksParts).each(engines)(
  'the generated workflow in the runner engine %s',
  (engine) => {
    let site: Site
    beforeAll(async () => {
      site = await makeSite(engine, release)
    })
    afterAll(() => site[Symbol.asyncDispose]())

    test('goes from a commit to a pin, then an older job ends well, overtaken', async () => {
      const older = site.commit('good morning')
      const newer = site.commit('good evening')
      const first = await site.run(newer)
      expect(first.succeeded, errorsIn(first)).toBe(true)
      expect(outputOf(first, 'changed')).toBe('true')
      const tip = site.tip()
      const second = await site.run(older)
      expect(second.succeeded, errorsIn(second)).toBe(true)
      expect(outputOf(second, 'superseded')).toBe('true')
      expect(outputOf(second, 'changed')).toBe('false')
      expect(site.tip()).toBe(tip)
      const { registry, git: server, keys } = site.parts
      const { privateKey, password } = keys.dev
      const secrets = { privateKey, password, registry: registry.password, token: server.token }
      for (const { log, home } of [first, second]) {
        expect(findSecrets({ log }, secrets)).toEqual([])
        expect(findSecrets(home, secrets)).toEqual([])
        expect(findLeftovers(home)).toEqual({ processes: [], mounts: [] })
      }
    })

    test('that fails at its last link still runs the post of every link', async () => {
      const refused = await site.run(site.commit('good night'), {
        GITOPS_TOKEN_DEV: 'canary-no-token',
      })
      expect(refused.succeeded).toBe(false)
      expect(refused.log).toContain('GIT_UNAUTHORIZED')
      const posts = [...refused.log.matchAll(/Success - Post (.*?)\s/g)].map((match) => match[1])
      expect(posts).toHaveLength(4)
      expect(findLeftovers(refused.home)).toEqual({ processes: [], mounts: [] })
      const { privateKey, password } = site.parts.keys.dev
      expect(findSecrets(refused.home, { privateKey, password })).toEqual([])
    })
  },
)

function errorsIn({ log }: WorkflowRun): string {
  return [...log.matchAll(/::error::.*/g)].join('\n')
}

// The last of that name: only the pin step has one.
function outputOf({ log }: WorkflowRun, name: string): string | undefined {
  return [...log.matchAll(new RegExp(`set-output:: ?${name}=(.*)`, 'g'))].at(-1)?.[1]?.trim()
}
