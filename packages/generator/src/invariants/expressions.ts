import type { RenderedFile } from '../render.ts'
import { isWorkflow, lineOf, type Violation } from './violation.ts'

// The only inputs of the chain that may come from an expression.
const carriers = new Set([
  'destination',
  'image',
  'digest',
  'digest-file',
  'key',
  'public-key',
  'pins',
  'registry-username',
  'registry-password',
  'token',
  'source-url',
  'source-token',
  'signing-key',
  'signing-passphrase',
])

// What the runner says of its job, and the one input that may have it.
const ofJob: Readonly<Record<string, string>> = {
  'source-url': 'github.repository',
  'source-token': 'github.token',
}

const invariant = 'an expression carries a secret of the tier or what an earlier step gave'

/** Expressions stand only where they must, and say only what they may. */
export function expressions({ path, text, scope }: RenderedFile): readonly Violation[] {
  const { tier, site } = scope
  if (!isWorkflow(path) || tier === undefined) return []
  const { registryCredentials, pin } = tier
  const secrets = [registryCredentials.username, registryCredentials.password, pin.token]
  const named = new Set(
    [...secrets, pin.signingKey, pin.signingPassphrase].map((name) => `secrets.${name ?? ''}`),
  )
  return linesWith('${{', text).flatMap(({ line, offset }) => {
    const [, key] = /^ *(?:- )?([A-Za-z-]+): /.exec(line) ?? []
    const contents = [...line.matchAll(/\$\{\{ *(.*?) *\}\}/g)].map((found) => found[1] ?? '')
    const strange = contents.filter(
      (content) => !named.has(content) && !isHandover(content) && content !== ofJob[key ?? ''],
    )
    const broken = [
      ...strange.map((content) => `the expression ${content}`),
      ...(key === 'source-url' && !line.includes(` "${site.forgeAddress}/$`)
        ? [`the source is fetched from another place than ${site.forgeAddress}`]
        : []),
      ...(key === undefined ? ['an expression outside of the value of an input'] : []),
      ...(key === undefined || carriers.has(key) ? [] : [`an expression for ${key}`]),
    ]
    return broken.map((message) => ({ invariant, path, line: lineOf(text, offset), message }))
  })
}

interface Line {
  readonly line: string
  readonly offset: number
}

// A site has thousands of workflows: a pattern that tries every line of each takes ten times as long.
function linesWith(word: string, text: string): readonly Line[] {
  const lines: Line[] = []
  for (let found = text.indexOf(word); found !== -1; ) {
    const offset = text.lastIndexOf('\n', found) + 1
    const end = text.indexOf('\n', found)
    lines.push({ line: text.slice(offset, end === -1 ? undefined : end), offset })
    found = end === -1 ? -1 : text.indexOf(word, end)
  }
  return lines
}

function isHandover(content: string): boolean {
  return content === 'github.sha' || /^steps\.[a-z]+\.outputs\.[a-z-]+$/.test(content)
}
