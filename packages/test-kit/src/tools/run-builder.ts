import { spawn } from 'node:child_process'

/**
 * Runs one program of a build. It sees the whole environment, because proxies, mirrors and toolchains are
 * set there. Returns its stdout.
 *
 * @throws Error with the last lines that the program printed
 */
export function runBuilder(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let tail = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      tail = (tail + chunk).slice(-4000)
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      tail = (tail + chunk).slice(-4000)
    })
    child.on('error', (cause) => reject(new Error(`${program} cannot be run`, { cause })))
    child.on('close', (code) => {
      if (code === 0) return resolve(stdout)
      const said = tail.trim().split('\n').slice(-12).join('\n')
      return reject(new Error(`${program} ${args[0] ?? ''} ended with ${code}:\n${said}`))
    })
  })
}
