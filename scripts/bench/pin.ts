import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActionOptions,
  startGitServer,
  type TestGitServer,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { measureSuccess, median } from './cpu-time.ts'
import { measureAction } from './measure-action.ts'
import { measureMemory } from './memory.ts'
import type { Measurement } from './row.ts'

const rounds = 5
const image = 'registry.internal:5000/dev/app'

/** kustomize-pin against a shell script of git and kustomize that pins without any proof, in turn. */
export async function measurePin(): Promise<readonly Measurement[]> {
  await using server = await startGitServer()
  const url = server.createRepository('deployments', files)
  let pinned = 0
  const optionsOf = (): ActionOptions => ({
    inputs: {
      repository: url,
      pins: `overlay ${image}@${digestOf(pinned++)}`,
      token: server.token,
      'git-ca': server.caPath,
      'kustomize-path': toolPath('kustomize'),
      'allow-unknown-order': 'true',
    },
  })
  const ratios: number[] = []
  const lines: number[] = []
  for (let round = 0; round < rounds; round++) {
    const bare = await pinBare(server, url, digestOf(pinned++))
    const { cpuMs } = await measureAction('kustomize-pin', optionsOf())
    ratios.push(cpuMs / bare)
    lines.push(changedLines(server))
  }
  return [
    { name: 'kustomize-pin over git and kustomize alone, CPU', value: median(ratios), unit: 'x' },
    {
      name: 'lines that a pin changes, at most',
      value: Math.max(...lines),
      unit: 'lines',
      target: { relation: '<=', value: 3 },
    },
    await measureMemory('kustomize-pin', optionsOf),
  ]
}

// What most sites have: clone, `kustomize edit set image`, commit, push, with no check and one attempt.
function pinBare(server: TestGitServer, url: string, digest: string): Promise<number> {
  const directory = mkdtempSync(join(temporaryDirectory('bench-pin'), 'bare-'))
  const script = `set -e
git clone --quiet --depth 1 "$1" work
cd work/overlay
"$2" edit set image "app=${image}@$3"
git -c user.name=b -c user.email=b@invalid commit --quiet --all --message pin
git push --quiet origin HEAD:main`
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Bearer ${server.token}`,
    GIT_CONFIG_KEY_1: 'http.sslCAInfo',
    GIT_CONFIG_VALUE_1: server.caPath,
  }
  const command = ['sh', '-c', script, 'sh', url, toolPath('kustomize'), digest]
  return measureSuccess(command, env, directory)
}

function changedLines(server: TestGitServer): number {
  const bare = server.bareDirectory('deployments')
  const stat = execFileSync('git', ['-C', bare, 'show', '--numstat', '--format=', 'main'], {
    encoding: 'utf8',
  })
  const [added = 0, removed = 0] = stat.split('\t').map(Number)
  return added + removed
}

function digestOf(seed: number): string {
  return `sha256:${(seed + 1).toString(16).padStart(64, '0')}`
}

const files = {
  'overlay/kustomization.yaml': `# The overlay of dev
resources: [deployment.yaml]
images:
  - name: app # in the base
    newName: ${image}
    newTag: latest
`,
  'overlay/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec: { containers: [{ name: app, image: app }] }
`,
}
