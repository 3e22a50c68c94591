import { runBuilder } from './run-builder.ts'

/**
 * Runs apt-get. Where it fails as root, once more with fresh lists of packages: a new machine or container has none. Another
 * apt-get that is at work is waited for.
 *
 * @throws Error with its last lines
 */
export async function aptGet(args: readonly string[], cwd: string): Promise<void> {
  const options = ['--quiet', '-o', 'DPkg::Lock::Timeout=300']
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const run = (words: readonly string[]): Promise<string> =>
    runBuilder('apt-get', [...options, ...words], { cwd, env })
  try {
    await run(args)
  } catch (error) {
    if (process.getuid?.() !== 0) throw error
    await run(['update'])
    await run(args)
  }
}
