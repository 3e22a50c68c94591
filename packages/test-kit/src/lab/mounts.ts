import { readFileSync } from 'node:fs'
import { tryCommand } from './command.ts'

/** The mount points below a folder, deepest first. */
export function mountsBelow(folder: string): string[] {
  // mountinfo escapes a space as \040; the lab's own paths have none.
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const points = lines.map((line) => line.split(' ')[4] ?? '')
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse()
}

/** Unmounts everything below a folder, also what is still in use. */
export async function unmountBelow(folder: string): Promise<void> {
  for (const mount of mountsBelow(folder)) await tryCommand('umount', ['--lazy', mount])
}
