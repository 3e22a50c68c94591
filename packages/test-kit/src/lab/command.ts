import { spawn } from 'node:child_process'

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string | Uint8Array
  readonly timeoutMs?: number
  readonly uid?: number
}

export interface CommandResult {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** The least a program needs; a lab tool never sees the caller's own settings (KUBECONFIG, GIT_*, VAULT_*). */
export function labEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH = '/usr/sbin:/usr/bin:/sbin:/bin' } = process.env
  return { PATH, HOME: '/nonexistent', LC_ALL: 'C.UTF-8', TZ: 'UTC', ...extra }
}

/** Runs a program to its end, whatever its exit code. */
export function tryCommand(
  path: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      env: labEnvironment(options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 120_000,
      killSignal: 'SIGKILL',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        output[name] += chunk
      })
    }
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input)
    child.on('error', reject)
    child.on('close', (code) => resolve({ exitCode: code ?? undefined, ...output }))
  })
}

/** Runs a program to its end and gives its stdout; any exit code but 0 throws with its last lines. */
export async function command(
  path: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await tryCommand(path, args, options)
  if (exitCode === 0) return stdout
  const said = `${stderr}\n${stdout}`.trim().split('\n').slice(-12).join('\n')
  throw new Error(`${path} ${args.slice(0, 4).join(' ')} … ended with ${exitCode}:\n${said}`)
}
