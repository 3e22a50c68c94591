import { type ChildProcess, spawn } from 'node:child_process'
import { KnownError, messageOf } from '@tierseal/errors'
import { isRecord, tryJson } from '@tierseal/json'
import type { Credentials } from './credentials.ts'
import { stringField } from './json.ts'

const answerMs = 20_000

/**
 * Asks `docker-credential-<name> get` for the credentials of a host (protocol of docker-credential-helpers:
 * the host on stdin, JSON on stdout, "credentials not found" where it has none).
 *
 * @throws KnownError CREDENTIAL_HELPER_FAILED
 */
export async function askCredentialHelper(
  name: string,
  host: string,
  timeoutMs = answerMs,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`
  const { exitCode, stdout } = await run(program, host, timeoutMs)
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
  timeoutMs: number,
): Promise<{ readonly exitCode: number | null; readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    const { PATH = '', HOME = '', USER = '' } = process.env
    const child = spawn(program, ['get'], {
      env: { PATH, HOME, USER },
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    })
    const timer = setTimeout(() => {
      end(child)
      reject(failed(program, host, `it did not answer within ${timeoutMs / 1000} s`))
    }, timeoutMs)
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
    })
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(failed(program, host, messageOf(error), error))
    })
    child.on('close', (exitCode) => {
      clearTimeout(timer)
      resolve({ exitCode, stdout })
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(host)
  })
}

// With all that it has started: a child of a script holds the pipe open, and its answer would be waited for.
function end({ pid, stdout }: ChildProcess): void {
  stdout?.destroy()
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
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
