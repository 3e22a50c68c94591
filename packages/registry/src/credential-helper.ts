import { spawn } from 'node:child_process'
import { KnownError, messageOf } from '@tierseal/errors'
import { isRecord, tryJson } from '@tierseal/json'
import type { Credentials } from './credentials.ts'
import { stringField } from './json.ts'

const timeoutMs = 20_000

/**
 * Asks `docker-credential-<name> get` for the credentials of a host (protocol of docker-credential-helpers:
 * the host on stdin, JSON on stdout, "credentials not found" where it has none).
 *
 * @throws KnownError CREDENTIAL_HELPER_FAILED
 */
export async function askCredentialHelper(
  name: string,
  host: string,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`
  const { exitCode, stdout } = await run(program, host)
  if (exitCode !== 0) {
    if (/credentials not found/i.test(stdout)) return undefined
    throw failed(program, host, `ended with exit code ${exitCode}`)
  }
  const answer = tryJson(stdout)
  if (!isRecord(answer)) throw failed(program, host, 'did not answer with JSON')
  const username = stringField(answer, 'Username')
  const password = stringField(answer, 'Secret')
  if (username === undefined || password === undefined) return undefined
  return { username, password }
}

function run(
  program: string,
  host: string,
): Promise<{ readonly exitCode: number | null; readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    const { PATH = '', HOME = '', USER = '' } = process.env
    const child = spawn(program, ['get'], {
      env: { PATH, HOME, USER },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
    })
    child.on('error', (error) => reject(failed(program, host, messageOf(error), error)))
    child.on('close', (exitCode) => resolve({ exitCode, stdout }))
    child.stdin.on('error', () => undefined)
    child.stdin.end(host)
  })
}

// The helper's own text is not quoted: some print what they were asked to keep.
function failed(program: string, host: string, detail: string, cause?: unknown): KnownError {
  return new KnownError(
    'CREDENTIAL_HELPER_FAILED',
    `config.json leaves ${host} to the credential helper ${program}, which failed: ${detail}`,
    {
      hint: `Install ${program} in the runner image, or give registry-username and registry-password.`,
      cause,
    },
  )
}
