import type { RenderedFile } from '../render.ts'
import { factsOf } from './facts.ts'
import type { Violation } from './violation.ts'

interface Said {
  readonly value: string
  readonly path: string
}

// What each kind of policy verifies (facts: kyverno.md 1c).
const verifies: Readonly<Record<string, readonly string[]>> = {
  ImageValidatingPolicy: ['bundle', 'legacy'],
  ClusterPolicy: ['legacy'],
  'ClusterPolicy of oci-1-1': ['oci-1-1'],
}

/** The files of a tier say the same of key, role, path, repository, service account and format. */
export function disagreements(files: readonly RenderedFile[]): readonly Violation[] {
  const said = new Map<string, Said>()
  const violations: Violation[] = []
  for (const file of files) {
    const tier = file.scope.tier?.name
    if (tier === undefined) continue
    for (const [name, value] of factsOf(file)) {
      const key = `${tier} ${name}`
      const before = said.get(key)
      if (before === undefined) said.set(key, { value, path: file.path })
      else if (before.value !== value) violations.push(disagreement(name, before, value, file.path))
    }
  }
  return [...violations, ...unverifiable(files, said), ...unsigned(files, said)]
}

function disagreement(name: string, before: Said, value: string, path: string): Violation {
  return {
    ...{ invariant: 'the files of a tier agree', path, line: undefined },
    message: `${name} is ${JSON.stringify(value)} here and ${JSON.stringify(before.value)} in ${before.path}`,
  }
}

function unverifiable(
  files: readonly RenderedFile[],
  said: ReadonlyMap<string, Said>,
): readonly Violation[] {
  return tiersOf(files).flatMap((tier) => {
    const kind = said.get(`${tier} policy kind`)
    const format = said.get(`${tier} signature format`)
    if (kind === undefined || format === undefined) return []
    if (verifies[kind.value]?.includes(format.value) === true) return []
    return [
      {
        ...{ invariant: 'the files of a tier agree', path: kind.path, line: undefined },
        message: `a ${kind.value} does not verify the format ${format.value} of ${format.path}`,
      },
    ]
  })
}

// Argo CD would refuse every commit of the pin step, and the tier would never sync.
function unsigned(
  files: readonly RenderedFile[],
  said: ReadonlyMap<string, Said>,
): readonly Violation[] {
  return tiersOf(files).flatMap((tier) => {
    const demand = said.get(`${tier} signed commits`)
    const key = said.get(`${tier} signing key`)
    if (demand === undefined || key === undefined || key.value !== '') return []
    const message = `${demand.path} demands signed commits, and this workflow signs none`
    return [{ invariant: 'the files of a tier agree', path: key.path, line: undefined, message }]
  })
}

function tiersOf(files: readonly RenderedFile[]): readonly string[] {
  return [...new Set(files.flatMap(({ scope }) => scope.tier?.name ?? []))]
}
