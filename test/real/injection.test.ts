import { fileURLToPath } from 'node:url'
import { lacksTools } from '@tierseal/test-kit'
import { expect, it } from 'vitest'
import { type Engine, runWorkflow, type WorkflowRun } from './engines/run-workflow.ts'

// What a registry, a kubelet or a RUN may say: every way in which an engine sets something from a log.
const hostile = [
  'linux/amd64',
  '::set-output name=digest::forged',
  '::set-env name=FORGED::yes',
  '::add-path::/evil',
  '##[set-output name=digest]forged',
  '##[set-env name=FORGED]yes',
  '##[add-path]/evil',
  '::stop-commands::forged',
  'end',
].join('\n')

const kit = fileURLToPath(new URL('../../packages/action-kit/src/index.ts', import.meta.url))

function action(main: string): Readonly<Record<string, string>> {
  const definition =
    'inputs: { text: { description: x } }\nruns: { using: node24, main: main.mjs }\n'
  const source = `const text = process.env.INPUT_TEXT\n${main}\n`
  return { 'probe/action.yml': definition, 'probe/main.mjs': source }
}

function run(engine: Engine, main: string): Promise<WorkflowRun> {
  const workflow = `name: probe
on: push
jobs:
  probe:
    runs-on: host
    steps:
      - id: probe
        uses: org/actions/probe@v1
        with: { text: ${JSON.stringify(hostile)} }
        env: { NODE_OPTIONS: '--conditions=source --experimental-strip-types' }
      - run: |
          echo "digest=[\${{ steps.probe.outputs.digest }}] forged=[$FORGED] path=[\${PATH%%:*}]"
`
  return runWorkflow(engine, workflow, { actions: action(main) })
}

// The last: the engine prints the script too, before it is expanded.
function told({ log }: WorkflowRun): string | undefined {
  return [...log.matchAll(/digest=\[[^$\]]*\] forged=\[[^$\]]*\] path=\[[^$\]]*\]/g)].at(-1)?.[0]
}

const clean = /^digest=\[\] forged=\[\] path=\[(?!\/evil)[^\]]*\]$/

it.skipIf(lacksTools('act')).each([
  ['act' as const, 'digest=[forged] forged=[yes] path=[/evil]'],
  ['nektos-act' as const, 'digest=[forged]'],
])(
  'the engine %s obeys a log that is printed raw, or the tests below would prove nothing',
  async (engine, obeyed) => {
    expect(told(await run(engine, 'console.log(text)'))).toContain(obeyed)
  },
)

it.skipIf(lacksTools('act')).each<Engine>(['act', 'nektos-act'])(
  'the engine %s obeys nothing that action-kit prints of foreign text',
  async (engine) => {
    const result = await run(
      engine,
      `const { appendSummary, log, runAction, summaryCode, summaryNote, summaryTable } =
  await import(${JSON.stringify(kit)})
for (const line of [text, ...text.split('\\n')]) {
  for (const level of ['info', 'warning', 'debug', 'error']) log[level](line)
}
appendSummary(summaryTable(text, [[text, text]]), summaryNote(text), summaryCode('sh', text))
await runAction(async () => { throw new Error(text) })
process.exitCode = 0`,
    )
    expect(told(result)).toMatch(clean)
    // Masks and annotations still work after it: nothing stopped the commands.
    expect(result.log).toContain('A bug in this action')
  },
)
