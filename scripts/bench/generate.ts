import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@tierseal/test-kit'
import { root } from '../root.ts'
import { median } from './cpu-time.ts'
import type { Measurement } from './row.ts'

const rounds = 3

interface Figures {
  readonly files: number
  readonly milliseconds: number
  readonly peakMiB: number
}

type Verb = 'generate' | 'check' | 'render'

/** Generating and checking 1,000 services in three tiers, and how that grows from ten. */
export function measureGenerate(): readonly Measurement[] {
  const pairs = Array.from({ length: rounds }, () => ({ few: run(10), many: run(1000) }))
  const of = (figure: (pair: (typeof pairs)[number]) => number): number => median(pairs.map(figure))
  return [
    {
      name: '1,000 services x 3 tiers, generate and check',
      value: of(({ many }) => (many.generate.milliseconds + many.check.milliseconds) / 1000),
      unit: 's',
      target: { relation: '<=', value: 3 },
    },
    {
      name: '1,000 services x 3 tiers, peak memory',
      value: of(({ many }) => Math.max(many.generate.peakMiB, many.check.peakMiB)),
      unit: 'MiB',
      target: { relation: '<=', value: 400 },
    },
    {
      name: 'time per generated file, 1,000 services over 10',
      value: of(({ few, many }) => perFile(many.generate) / perFile(few.generate)),
      unit: 'x',
      target: { relation: '<=', value: 1.2 },
    },
    {
      name: 'check of an unchanged site over rendering it',
      value: of(({ many }) => many.check.milliseconds / many.render.milliseconds),
      unit: 'x',
    },
  ]
}

function perFile({ files, milliseconds }: Figures): number {
  return milliseconds / files
}

function run(services: number): Readonly<Record<Verb, Figures>> {
  const directory = mkdtempSync(join(temporaryDirectory('bench-generate'), 'site-'))
  const generate = runVerb('generate', services, directory)
  const check = runVerb('check', services, directory)
  return { generate, check, render: runVerb('render', services, directory) }
}

function runVerb(verb: Verb, services: number, directory: string): Figures {
  const script = join(root, 'scripts', 'bench', 'generate-child.ts')
  const args = ['--conditions=source', script, verb, String(services), directory]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}
