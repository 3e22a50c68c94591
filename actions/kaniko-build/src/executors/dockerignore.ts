import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Rule {
  readonly expression: RegExp
  readonly keeps: boolean
}

/**
 * The files of a build context that go to the builder, relative to it, sorted: everything but what
 * .dockerignore excludes. The Dockerfile and .dockerignore themselves always go, as with docker.
 */
export function contextFiles(directory: string, dockerfile: string): readonly string[] {
  const rules = readRules(directory, dockerfile)
  const always = new Set([dockerfile, '.dockerignore'])
  return walk(directory, '').filter((path) => always.has(path) || !isIgnored(path, rules))
}

/** Whether the rules exclude a path: the last rule that matches it, or a folder above it, decides. */
export function isIgnored(path: string, rules: readonly Rule[]): boolean {
  const parts = path.split('/')
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  let ignored = false
  for (const { expression, keeps } of rules) {
    if (prefixes.some((prefix) => expression.test(prefix))) ignored = !keeps
  }
  return ignored
}

/** Reads the lines of a .dockerignore. */
export function parseRules(text: string): readonly Rule[] {
  const lines = text.split('\n').map((line) => line.trim())
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const keeps = line.startsWith('!')
      const pattern = line
        .slice(keeps ? 1 : 0)
        .replace(/^(\.?\/)+/, '')
        .replace(/\/+$/, '')
      return { expression: expressionOf(pattern), keeps }
    })
}

// docker and kaniko both prefer <Dockerfile>.dockerignore beside the Dockerfile.
function readRules(directory: string, dockerfile: string): readonly Rule[] {
  const paths = [join(directory, `${dockerfile}.dockerignore`), join(directory, '.dockerignore')]
  const path = paths.find((candidate) => existsSync(candidate))
  return path === undefined ? [] : parseRules(readFileSync(path, 'utf8'))
}

// Go's filepath.Match, and ** for any number of folders.
function expressionOf(pattern: string): RegExp {
  const source = pattern.replace(
    /\*\*\/|\*\*|\*|\?|\[[^\]]*\]|\\(.)|[.+^${}()|\]\\]/g,
    (token, escaped: string | undefined) => {
      if (token === '**/') return '(?:.*/)?'
      if (token === '**') return '.*'
      if (token === '*') return '[^/]*'
      if (token === '?') return '[^/]'
      if (token.startsWith('[')) return token.replace(/^\[!/, '[^')
      return `\\${escaped ?? token}`
    },
  )
  return new RegExp(`^${source}$`)
}

function walk(root: string, below: string): string[] {
  const entries = readdirSync(join(root, below), { withFileTypes: true })
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  return sorted.flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (!entry.isDirectory()) return [path]
    const inside = walk(root, path)
    return inside.length === 0 ? [path] : inside
  })
}
