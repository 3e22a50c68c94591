import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { root } from '../root.ts'
import type { ToolDefinition } from './definition.ts'
import { type ToolName, tools } from './table.ts'

/** The folder of the pin of a tool: go.mod and go.sum, or requirements.txt. */
export function pinDirectory(pin: string): string {
  return join(root, 'test', 'tools', pin)
}

/** Where all tools are kept, outside of the checkout. */
function cacheDirectory(): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(base, 'tierseal', 'tools')
}

/** The folder of one tool: bin/, and share/ where it has some. Its name changes with pin and toolchain. */
export function entryDirectory(name: ToolName): string {
  const definition: ToolDefinition = tools[name]
  const hash = createHash('sha256').update(JSON.stringify(definition)).update(toolchain(definition))
  if ('pin' in definition) {
    const directory = pinDirectory(definition.pin)
    for (const file of readdirSync(directory).sort()) {
      hash.update(file).update(readFileSync(join(directory, file)))
    }
  }
  return join(cacheDirectory(), `${name}-${hash.digest('hex').slice(0, 20)}`)
}

/** The file name of a tool's own program. */
export function programName(name: ToolName): string {
  const definition: ToolDefinition = tools[name]
  if (definition.kind === 'debian') return basename(definition.programs[0] ?? name)
  return definition.kind === 'go' ? name : basename(definition.member)
}

/** The version of what makes the tool, so that a new one makes it anew. */
function toolchain({ kind }: ToolDefinition): string {
  const machine = `${process.platform}-${process.arch}`
  if (kind === 'go') return `${machine} ${goVersion()}`
  return kind === 'debian' ? `${machine} ${debianRelease()}` : machine
}

let knownGoVersion: string | undefined

function goVersion(): string {
  knownGoVersion ??= spawnSync('go', ['version'], { cwd: '/', encoding: 'utf8' }).stdout ?? 'none'
  return knownGoVersion
}

function debianRelease(): string {
  const path = '/etc/os-release'
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return /^VERSION_CODENAME=(.*)$/m.exec(text)?.[1] ?? 'none'
}
