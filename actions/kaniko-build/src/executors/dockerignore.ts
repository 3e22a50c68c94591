import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KnownError, messageOf } from '@tierseal/errors'
import { ignoreMatcher, type Matcher } from './ignore-pattern.ts'

interface Rule {
  readonly matches: Matcher
  readonly keeps: boolean
}

/**
 * The files of a build context that go to the builder, relative to it, sorted: everything but what
 * .dockerignore excludes. The Dockerfile and .dockerignore themselves always go, as with docker.
 *
 * @throws KnownError CONTEXT_INVALID for a file or folder that cannot be read, and for a line that is no pattern
 */
export function contextFiles(directory: string, dockerfile: string): readonly string[] {
  const always = new Set([dockerfile, '.dockerignore'])
  try {
    const rules = readRules(directory, dockerfile)
    return walk(directory, '').filter((path) => always.has(path) || !isIgnored(path, rules))
  } catch (error) {
    if (error instanceof KnownError) throw error
    throw new KnownError('CONTEXT_INVALID', `the context cannot be read: ${messageOf(error)}`, {
      hint: 'Let the user of the runner read all of it; a container that ran before may have left files of root.',
      cause: error,
    })
  }
}

/** Whether the rules exclude a path: the last rule that matches it, or a folder above it, decides. */
export function isIgnored(path: string, rules: readonly Rule[]): boolean {
  return rules.findLast(({ matches }) => matches(path))?.keeps === false
}

/**
 * Reads the lines of a .dockerignore.
 *
 * @param name of the file, for messages
 * @throws KnownError CONTEXT_INVALID
 */
export function parseRules(text: string, name = '.dockerignore'): readonly Rule[] {
  return text.split('\n').flatMap((line, index) => {
    const rule = line.trim()
    if (rule === '' || rule.startsWith('#')) return []
    const keeps = rule.startsWith('!')
    const pattern = rule
      .slice(keeps ? 1 : 0)
      .replace(/^(\.?\/)+/, '')
      .replace(/\/+$/, '')
    return [{ matches: matcherOf(pattern, `line ${index + 1} of ${name}`), keeps }]
  })
}

function matcherOf(pattern: string, place: string): Matcher {
  try {
    return ignoreMatcher(pattern)
  } catch (error) {
    const flaw = `${place}: ${JSON.stringify(pattern)} is no pattern: ${messageOf(error)}`
    throw new KnownError('CONTEXT_INVALID', flaw, {
      hint: 'Write ranges in brackets from low to high, and a backslash before a bracket that is meant as it is.',
      cause: error,
    })
  }
}

// docker and kaniko both prefer <Dockerfile>.dockerignore beside the Dockerfile.
function readRules(directory: string, dockerfile: string): readonly Rule[] {
  const names = [`${dockerfile}.dockerignore`, '.dockerignore']
  const name = names.find((candidate) => existsSync(join(directory, candidate)))
  return name === undefined ? [] : parseRules(readFileSync(join(directory, name), 'utf8'), name)
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
