// `npm run demo`: a commit becomes a signed, pinned, admitted image on real parts, on loopback alone; then
// every link is tampered with and has to refuse.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { endInOrder, temporaryDirectory } from '@tierseal/test-kit'
import { obtainTools, tryPrograms } from '@tierseal/test-kit/tools'
import { runScript, whereTyped } from './command-line.ts'
import { pushBaseImage } from './demo/base-image.ts'
import { runChain } from './demo/chain.ts'
import { demonstrateCluster } from './demo/cluster.ts'
import { startParts } from './demo/parts.ts'
import { makeDemoRelease } from './demo/release.ts'
import { held, judgeReport, type Link, type Report, type Tampering } from './demo/report.ts'
import { writeSite } from './demo/site.ts'
import { tamperings } from './demo/tamperings.ts'
import { Terminal } from './demo/terminal.ts'
import { root } from './root.ts'

const usage = `Usage: npm run demo [-- --cluster | --json] [--report FILE]

  --cluster      the same story on a real Kubernetes node in a network with no way out: every case of the
                 cluster suite by name, and its report as JSON (see test/cluster/README.md)
  --json         the report on stdout as JSON, progress on stderr
  --report FILE  where the report goes (default: report/demo.json of the checkout)

Ends with 0 where the chain held, 1 where it did not, 2 where that could not be seen.`

const script = {
  name: 'demo',
  usage,
  config: {
    options: {
      cluster: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      report: { type: 'string' },
    },
  },
} as const

const tools = [
  'registry',
  'openbao',
  'act',
  'buildah',
  'busybox',
  'cosign3',
  'kustomize',
  'kyverno',
] as const

async function demo(terminal: Terminal): Promise<Report> {
  const startedAt = Date.now()
  const links: Link[] = []
  const seen: Tampering[] = []
  const directory = temporaryDirectory('demo')
  terminal.heading('Starting a registry, a Vault, a git server, on loopback, with a private CA')
  const release = await makeDemoRelease(directory)
  await using parts = await startParts(directory)
  await pushBaseImage(parts.registry, directory)
  const files = writeSite(directory, parts, release)
  terminal.heading('A commit to the service runs the generated dev workflow')
  const { image } = await runChain(directory, parts, files, (link) => {
    links.push(link)
    terminal.link(link)
  })
  if (image !== undefined) {
    terminal.heading('Tampering with every link')
    for (const attempt of tamperings) {
      const tampering = await attempt({ directory, parts, files, image, tag: files.commit })
      seen.push(tampering)
      terminal.tampering(tampering)
    }
  }
  const ok = image !== undefined && judgeReport(links, seen)
  return { ok, image, links, tamperings: seen, seconds: (Date.now() - startedAt) / 1000 }
}

await runScript(script, async ({ values }) => {
  const file =
    values.report === undefined ? join(root, 'report', 'demo.json') : whereTyped(values.report)
  if (values.cluster) return demonstrateCluster(file)
  endInOrder()
  const problems = await setUp()
  for (const problem of problems) console.error(`demo: ${problem}`)
  if (problems.length > 0) return 2
  const terminal = new Terminal(values.json ? process.stderr : process.stdout)
  const report = await demo(terminal)
  const text = JSON.stringify(report, undefined, 2)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${text}\n`)
  if (values.json) console.log(text)
  else conclude(terminal, report, file)
  return report.ok ? 0 : 1
})

/** Obtains all that the demo runs, and gives what is wrong with what cannot be had. */
async function setUp(): Promise<readonly string[]> {
  const right = { install: true }
  const obtained = await obtainTools(tools, right)
  const missing = obtained.flatMap((tool) => ('problem' in tool ? [tool.problem] : []))
  return [...(await tryPrograms(['openssl'], right)), ...missing]
}

function conclude(
  terminal: Terminal,
  { ok, links, tamperings: all, seconds }: Report,
  file: string,
): void {
  const good = links.filter((link) => link.ok).length
  const right = all.filter(held).length
  terminal.heading(
    ok ? 'The image was admitted, and every tampering was refused.' : 'The chain did not hold.',
  )
  terminal.line(
    `The report is ${file}; docs/architecture.md tells what you saw. ${seconds.toFixed(0)} s.`,
  )
  const failed = links.length - good + (all.length - right) + (ok || links.length > good ? 0 : 1)
  terminal.line(`${good + right} passed, ${failed} failed`)
}
