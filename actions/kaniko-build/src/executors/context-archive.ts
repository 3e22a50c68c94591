import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryDirectory } from '@tierseal/action-kit'
import type { BuildRequest } from '../build-request.ts'
import { contextFiles } from './dockerignore.ts'

/** The command that prints the context as a gzipped tar, without what .dockerignore leaves out. */
export function contextArchive({
  context,
  dockerfile,
}: BuildRequest): readonly [string, ...string[]] {
  // tar reads the list from a file, because it may be longer than an argv; kaniko wants it gzipped.
  const list = join(makeTemporaryDirectory('context'), 'files')
  writeFileSync(
    list,
    contextFiles(context, dockerfile)
      .map((path) => `${path}\0`)
      .join(''),
  )
  const names = ['--null', '--no-recursion', '--verbatim-files-from', `--files-from=${list}`]
  const plain = ['--owner=0', '--group=0', '--numeric-owner']
  return ['tar', '--create', '--gzip', ...plain, `--directory=${context}`, ...names]
}
