import { writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { temporaryDirectory } from '../temporary-directory.ts'

/** A file system in memory, and whether what is in it can be swapped out. */
export interface MemoryKind {
  readonly type: 'tmpfs' | 'ramfs'
  readonly options: string
  readonly swappable: boolean
}

// Linux has the option noswap since 6.4.
const [major = 0, minor = 0] = release().split('.').map(Number)
const hasNoswap = major > 6 || (major === 6 && minor >= 4)

/** The kinds that this kernel has. */
export const memoryKinds: readonly MemoryKind[] = [
  { type: 'tmpfs', options: 'size=1m,mode=700', swappable: true },
  ...(hasNoswap
    ? [{ type: 'tmpfs', options: 'size=1m,mode=700,noswap', swappable: false } as const]
    : []),
  { type: 'ramfs', options: 'mode=700', swappable: false },
]

/** A machine with swap, as far as a step sees. */
export interface SwappingMachine {
  /** Has a file system of the kind on it while the step runs. */
  readonly directory: string
  /** What the step is run through. */
  readonly wrapper: readonly string[]
}

/** Needs the right to make namespaces: the mounts are in one of their own, and end with the step. */
export function swappingMachine({ type, options }: MemoryKind): SwappingMachine {
  const directory = temporaryDirectory('memory')
  const swaps = join(directory, 'swaps')
  writeFileSync(swaps, 'Filename Type Size Used Priority\n/swap file 1048572 0 -2\n')
  const mounts = [
    ['--bind', swaps, '/proc/swaps'],
    ['-t', type, '-o', options, 'none', directory],
  ]
  const inPrivate = `const { spawnSync } = require('node:child_process')
for (const mount of ${JSON.stringify(mounts)}) spawnSync('mount', mount, { stdio: 'inherit' })
const [program, ...args] = process.argv.slice(1)
process.exitCode = spawnSync(program, args, { stdio: 'inherit' }).status ?? 1`
  return { directory, wrapper: ['unshare', '--mount', process.execPath, '--eval', inPrivate] }
}
