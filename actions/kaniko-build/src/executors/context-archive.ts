import type { BuildRequest } from '../build-request.ts'
import { contextFiles } from './dockerignore.ts'
import type { Source } from './kubernetes-streams.ts'

/** The command that prints the context as a gzipped tar, without what .dockerignore leaves out. */
export function contextArchive({
  context,
  dockerfile,
}: Pick<BuildRequest, 'context' | 'dockerfile'>): Source {
  // tar reads the list from its stdin, because it may be longer than an argv; kaniko wants it gzipped.
  const names = ['--null', '--no-recursion', '--verbatim-files-from', '--files-from=-']
  const plain = ['--owner=0', '--group=0', '--numeric-owner']
  return {
    command: ['tar', '--create', '--gzip', ...plain, `--directory=${context}`, ...names],
    stdin: contextFiles(context, dockerfile)
      .map((path) => `${path}\0`)
      .join(''),
  }
}
