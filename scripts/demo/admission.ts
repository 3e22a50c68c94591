import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision } from './report.ts'

/** What the admission policies say of a manifest. */
export interface Verdict {
  readonly decision: Decision
  /** One line per policy: its name, result and message. */
  readonly reasons: readonly string[]
}

export interface Admission {
  readonly kyvernoPath: string
  /** Policy files of the tier. */
  readonly policies: readonly string[]
  readonly workDirectory: string
  /** Credentials and CA for the registry: DOCKER_CONFIG, SSL_CERT_FILE. */
  readonly env: Readonly<Record<string, string>>
}

interface ClusterReport {
  readonly results?: readonly PolicyResult[]
}

interface PolicyResult {
  readonly policy: string
  readonly result: 'pass' | 'fail' | 'error' | 'warn' | 'skip'
  readonly message?: string
}

/**
 * Lets the real Kyverno judge a manifest. An image that no policy matches passes with exit code 0
 * (facts: kyverno.md 5), so admission needs a `pass` of every policy, not the absence of a failure.
 */
export function judge(admission: Admission, name: string, manifest: string): Verdict {
  const file = join(admission.workDirectory, `${name}.yaml`)
  writeFileSync(file, manifest)
  const args = [
    'apply',
    ...admission.policies,
    '--resource',
    file,
    '--policy-report',
    '--output-format',
    'json',
  ]
  const { stdout, stderr } = spawnSync(admission.kyvernoPath, args, {
    env: { ...admission.env },
    encoding: 'utf8',
  })
  const results = readReport(stdout).results ?? []
  if (results.length === 0) throw new Error(`Kyverno judged nothing in ${name}: ${stderr}${stdout}`)
  return {
    decision: decisionOf(results),
    reasons: results.filter(({ result }) => result !== 'pass').map(describe),
  }
}

function decisionOf(results: readonly PolicyResult[]): Decision {
  if (results.every(({ result }) => result === 'pass')) return 'admitted'
  return results.some(({ result }) => result === 'fail') ? 'refused' : 'undecided'
}

// Text may stand before the JSON.
function readReport(stdout: string): ClusterReport {
  const start = stdout.indexOf('{"kind"')
  return start === -1 ? {} : JSON.parse(stdout.slice(start))
}

function describe({ policy, result, message = '' }: PolicyResult): string {
  return `${policy} (${result}): ${message.trim()}`
}
