import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(fileURLToPath(new URL('.', import.meta.url)), '..', '..')

/** Every file that is or would be committed, relative to the root. */
export function repositoryFiles(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim().split('\n')
  const deleted = execFileSync('git', ['ls-files', '--deleted'], { cwd: root, encoding: 'utf8' })
  const gone = new Set(deleted.split('\n'))
  return listed.filter((path) => !gone.has(path))
}

/** The TypeScript files, relative to the root. */
export function typeScriptFiles(): readonly string[] {
  return repositoryFiles().filter((path) => path.endsWith('.ts'))
}

/** The text of a file of the repository. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** `path:line: text` of each line that a pattern matches. */
export function matchingLines(path: string, pattern: RegExp): readonly string[] {
  const lines = textOf(path).split('\n')
  return lines.flatMap((line, index) =>
    pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
  )
}

/** What a module imports or exports from, as it is written. */
export function importsOf(path: string): readonly string[] {
  const pattern =
    /^(?:import|export)\s[^'"`]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm
  return [...textOf(path).matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}
