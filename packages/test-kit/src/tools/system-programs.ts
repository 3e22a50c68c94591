import { messageOf } from '@tierseal/errors'
import { aptGet } from './apt-get.ts'
import { pathsOf } from './on-path.ts'

// Which packages of Debian bring a program that a machine may lack. They stand in the system and not in the cache: a compiler and
// an interpreter are more than files that could be unpacked anywhere.
const packages = {
  cc: ['gcc', 'libc6-dev'],
  gpg: ['gnupg'],
  ip: ['iproute2'],
  openssl: ['openssl'],
  python3: ['python3'],
} as const satisfies Record<string, readonly string[]>

export type SystemProgram = keyof typeof packages

/** Whether what is missing may be installed: never unasked on a person's machine. */
export interface InstallRight {
  /** True in a set-up that says so, such as the demo's; in CI it is allowed anyway. Only root can. */
  readonly install?: boolean
}

/**
 * Makes sure that programs of the system are on PATH, and installs them where that is allowed.
 *
 * @throws Error that names the packages to install
 */
export async function demandPrograms(
  names: readonly SystemProgram[],
  { install = false }: InstallRight = {},
): Promise<void> {
  const missing = names.filter((name) => pathsOf(name).length === 0)
  if (missing.length === 0) return
  const wanted = missing.flatMap((name) => packages[name])
  const command = ['install', '--yes', '--no-install-recommends', ...wanted]
  const allowed = process.getuid?.() === 0 && (install || process.env['CI'] === 'true')
  if (!allowed) {
    const what = missing.length === 1 ? 'is' : 'are'
    const remedy = `apt-get install ${wanted.join(' ')}`
    throw new Error(`${missing.join(' and ')} ${what} not on PATH; as root: ${remedy}`)
  }
  console.error(`tools: installing ${wanted.join(' ')}, for ${missing.join(' and ')}`)
  await aptGet(command, '/')
}

/** The same, as the sentences for those that stay missing: none where all are here. */
export async function tryPrograms(
  names: readonly SystemProgram[],
  right?: InstallRight,
): Promise<readonly string[]> {
  try {
    await demandPrograms(names, right)
    return []
  } catch (error) {
    return [messageOf(error)]
  }
}
