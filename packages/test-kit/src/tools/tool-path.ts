import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { NpmTool, ToolDefinition, VersionQuestion } from './definition.ts'
import { isExecutable, pathsOf } from './on-path.ts'
import { type ToolName, tools } from './table.ts'
import { entryDirectory, programName } from './tool-cache.ts'

const found = new Map<ToolName, string>()

/**
 * The path of a tool of the table, exactly of its pinned version; of Debian's the first two numbers are.
 *
 * @throws Error that says how to get it
 */
export function toolPath(name: ToolName): string {
  const path = tryToolPath(name)
  if (path !== undefined) return path
  throw new Error(`${name} ${tools[name].version} is not here yet; npm run tools -- ${name}`)
}

/** As toolPath, or undefined where the tool has not been obtained. */
export function tryToolPath(name: ToolName): string | undefined {
  const path = found.get(name) ?? locate(name)
  if (path !== undefined) found.set(name, path)
  return path
}

/** A folder that came with a tool: manifests, templates. */
export function toolShare(name: ToolName, folder: string): string {
  return join(entryDirectory(name), 'share', folder)
}

/**
 * Whether a suite must be skipped because a tool is missing, for describe.skipIf(). Never in CI: there a
 * missing tool is a failure, which the first use of it shows.
 */
export function lacksTools(...names: readonly ToolName[]): boolean {
  const missing = names.filter((name) => tryToolPath(name) === undefined)
  return missing.length > 0 && process.env['CI'] !== 'true'
}

function locate(name: ToolName): string | undefined {
  const definition: ToolDefinition = tools[name]
  if (definition.kind === 'npm') return npmPath(definition)
  const cached = join(entryDirectory(name), 'bin', programName(name))
  if (isExecutable(cached) && isItself(definition, cached)) return cached
  // What comes with the tool is only in the cache.
  if ('share' in definition || definition.ask === undefined) return undefined
  if (definition.ask.onlyCached === true) return undefined
  return onPath(definition.ask.program ?? programName(name), definition.ask)
}

// The name of a cached folder holds the exact pin of every tool but those that apt gave.
function isItself({ kind, ask }: ToolDefinition, path: string): boolean {
  return kind !== 'debian' || ask === undefined || answers(path, ask.args).includes(ask.says)
}

function onPath(program: string, { args, says }: VersionQuestion): string | undefined {
  return pathsOf(program).find((path) => answers(path, args).includes(says))
}

function answers(path: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(path, args, { encoding: 'utf8', timeout: 10_000 })
  return `${stdout}${stderr}`
}

function npmPath({ dependency, member }: NpmTool): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${dependency}/package.json`)
    return join(dirname(manifest), member)
  } catch {
    return undefined
  }
}
