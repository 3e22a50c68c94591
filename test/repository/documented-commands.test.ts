import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { verbs } from '../../packages/cli/src/verbs.ts'
import { blocksOf, documents, listOf, proseOf, type Saying, sayingsOf } from './documents.ts'
import { repositoryFiles, textOf } from './sources.ts'

const scripts: Readonly<Record<string, string>> = JSON.parse(textOf('package.json')).scripts
const shell = documents.flatMap((path) => blocksOf(path, 'sh'))
// What a person copies from a document: a code span, or a line of a shell block without its comment.
const written = [
  ...documents.flatMap((path) => sayingsOf(path, proseOf(path), /`([^`\n]+)`/g)),
  ...shell.flatMap(linesOf),
]
// What a message of ours advises.
const advised = repositoryFiles()
  .filter((path) => /^(packages|actions|scripts|workflows)\/.*\.(ts|ya?ml)$/.test(path))
  .filter((path) => !path.endsWith('.test.ts'))
  .flatMap((path) => sayingsOf(path, textOf(path), /(?:tierseal|npm) [^\n'"`]+/g))

function linesOf({ place, text }: Saying): readonly Saying[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n')
  return lines.map((line) => ({ place, text: line.replace(/(^|\s)#.*$/, '') }))
}

describe('npm', () => {
  test('has every command that is named, and the command every option', () => {
    const commands = [...written, ...advised].flatMap(({ place, text }) =>
      partsOf(text, /\bnpm (?:--prefix \S+ )?(run\b.*|test\b.*)/).map((part) => ({
        place,
        text: part,
      })),
    )
    expect(commands.length).toBeGreaterThan(30)
    expect(listOf(commands, isScript)).toEqual([])
  })
})

// `test -- --project real`, `run -s tierseal -- check`; in `run <verb>` nothing is named.
function isScript(command: string): boolean {
  const [name = '', ...args] = command.replace(/^run( -s| --silent)?\b ?/, '').split(/\s+/)
  if (!/^[a-z]/.test(name)) return true
  const file = /bootstrap\.mjs ([a-z-]+)$/.exec(scripts[name] ?? '')?.[1]
  if (file === undefined) return false
  if (name === 'tierseal') return true
  const usage = textOf(`scripts/${file}.ts`)
  const word = name === 'lab' ? args[args.indexOf('--') + 1] : undefined
  if (word !== undefined && /^[a-z]+$/.test(word) && !usage.includes(`lab -- ${word}`)) return false
  return optionsOf(args).every((option) => usage.includes(option))
}

describe('tierseal', () => {
  const spoken = /(?<![\w/])tierseal(?: --)? ((?:[a-z]+-)*[a-z]+\b.*)/

  test('has every verb that a document shows, and the verb every option', () => {
    const commands = written.flatMap(({ place, text }) =>
      partsOf(text, spoken).map((part) => ({ place, text: part })),
    )
    expect(commands.length).toBeGreaterThan(30)
    expect(listOf(commands, isCommand)).toEqual([])
  })

  test('has no verb that packages/cli/README.md does not explain', () => {
    const readme = textOf('packages/cli/README.md')
    expect(verbs.filter(({ name }) => !readme.includes(`| \`${name}`))).toEqual([])
  })

  test('has every verb and option that a message of ours advises', () => {
    // In a sentence the name of the product stands before any word.
    const first = new Set(verbs.map(({ name }) => name.split(' ', 1)[0]))
    const commands = advised.flatMap(({ place, text }) =>
      partsOf(text, spoken)
        .filter((part) => first.has(part.split(' ', 1)[0] ?? ''))
        .map((part) => ({ place, text: part })),
    )
    expect(commands.length).toBeGreaterThan(30)
    expect(listOf(commands, isCommand)).toEqual([])
  })
})

function isCommand(command: string): boolean {
  const verb = verbs.find(({ name }) => `${command} `.startsWith(`${name} `))
  if (verb === undefined) return false
  const known = [...Object.keys(verb.options), 'json', 'help'].map((name) => `--${name}`)
  return optionsOf(command.split(/\s+/)).every((option) => known.includes(option))
}

function optionsOf(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => /^--[a-z][a-z-]*/.exec(word) ?? [])
}

// A sentence, a list or a pipe ends a command; another one may follow it.
function partsOf(text: string, pattern: RegExp): readonly string[] {
  return text
    .split(/[,;:|)]\s|[.;)]?$|\s(?=(?:npm|tierseal) )/)
    .flatMap((part) => pattern.exec(part)?.[1] ?? [])
}

describe('a shell block of a document', () => {
  test.each(shell.map(({ place, text }) => [place, text]))('can be pasted: %s', (_place, text) => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    // A shell takes `<tier>` for a file to read from: what is to be filled in is in capitals.
    expect(text).not.toMatch(/<[a-z][^>\n]*>/)
  })
})
