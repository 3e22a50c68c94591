import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { log } from '@tierseal/action-kit'

/** The folder that kaniko spares, its own. */
export const kanikoDirectory = '/kaniko'

// What kaniko keeps there while it builds. It removes this only after a build that went well, and a copy of
// every build secret is in it (facts: docs/trials/kaniko.md).
const scratch = [
  'Dockerfile',
  'bases',
  'buildcontext',
  'deps',
  'layers',
  'secrets',
  'stages',
  'swap',
] as const

// On the root. Kaniko deletes it in the order of names and puts it back in that order, so of these two one is
// the first to go and the other the last to come: both are there only of a whole container.
const witnesses = ['/!tierseal-witness', '/~tierseal-witness'] as const
const unfinished = join(kanikoDirectory, 'tierseal-unfinished')

/** Whether the files of this container are those of a build that was killed. */
export function isWrecked(): boolean {
  return existsSync(unfinished)
}

/** Notes that a build begins, where the note outlives the root filesystem. */
export function noteBeginning(): void {
  for (const witness of witnesses) writeFileSync(witness, '')
  writeFileSync(unfinished, '')
}

/** Removes what kaniko left in its folder, and the note if the container is what it was before. */
export function tidyContainer(): void {
  for (const name of scratch) rmSync(join(kanikoDirectory, name), { recursive: true, force: true })
  if (witnesses.every((witness) => existsSync(witness))) {
    for (const witness of witnesses) rmSync(witness)
    rmSync(unfinished, { force: true })
  }
  if (!isWrecked()) return
  log.warning(
    'in-place: kaniko was killed before it could put the files of this container back. Throw the container away; no other build begins in it.',
  )
}
