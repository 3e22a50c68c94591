// `npm run lab -- up | status | shell | down`: a whole site, real parts only, with no way out.
import {
  attempts,
  bringUp,
  describe,
  findRemains,
  gateways,
  holdLab,
  isInside,
  isNothing,
  kubeconfigOf,
  labEnvironment,
  labPath,
  makeNamespace,
  obtainLabTools,
  prepareAssets,
  readEgress,
  readState,
  removeRemains,
  runInside,
  setGateway,
} from '@tierseal/test-kit/lab'
import { tellHolder } from './cluster/lab-session.ts'
import { refuse, runScript } from './command-line.ts'

const usage = `npm run lab -- up [--openbao] [--no-node] [--without PART]…
                                   bring up what is not up
npm run lab -- status [--json]     what runs, and the attempts to leave; fails where a program has ended
npm run lab -- egress              the counter alone; fails where it is not 0
npm run lab -- gateway none|drop|open
                                   no route out, a gateway that swallows packets, or a world that answers
npm run lab -- shell [COMMAND…]    a shell inside, with kubectl set up
npm run lab -- down                end it, and leave nothing behind

  --openbao       OpenBao in place of HashiCorp Vault
  --no-node       an API server without a kubelet, as on a machine that lacks the rights for one
  --without PART  leave a part out, by its name in status

up and down wait where another process brings the lab up, tests on it or takes it down.`

const words = process.argv.slice(2)
const script = {
  name: 'lab',
  usage,
  config: {
    // What a shell is to run is not ours to read.
    args: words[0] === 'shell' ? ['shell'] : words,
    allowPositionals: true,
    options: {
      openbao: { type: 'boolean', default: false },
      'no-node': { type: 'boolean', default: false },
      without: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
    },
  },
} as const

const say = (line: string): void => console.error(`lab: ${line}`)

await runScript(script, async ({ values, positionals: [verb = '', kind] }) => {
  const verbs: Readonly<Record<string, () => Promise<number>>> = {
    up: () => up(values),
    status: () => status(values.json),
    egress,
    gateway: () => gateway(kind),
    shell: () => shell(words.slice(1)),
    down: () => holdLab(down, tellHolder),
  }
  const chosen = verbs[verb]
  if (chosen === undefined) return refuse(script, `it is up, status, egress, …, not "${verb}"`)
  if (process.getuid?.() === 0) return chosen()
  say('a network namespace and a node need root')
  return 1
})

interface UpWords {
  readonly openbao: boolean
  readonly 'no-node': boolean
  readonly without?: string[] | undefined
}

async function up({ openbao, 'no-node': noNode, without = [] }: UpWords): Promise<number> {
  const vaultFlavour = openbao ? 'openbao' : (readState()?.vaultFlavour ?? 'vault')
  const node = !noNode
  if (!isInside()) {
    const problems = await obtainLabTools({ vault: vaultFlavour, node })
    for (const problem of problems) say(problem)
    if (problems.length > 0) return 1
    return holdLab(enter, tellHolder)
  }
  const begin = performance.now()
  try {
    await bringUp({ vaultFlavour, progress: say, without, node })
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    say(`logs: ${labPath('logs')}`)
    return 1
  }
  say(`up after ${((performance.now() - begin) / 1000).toFixed(1)} s; logs: ${labPath('logs')}`)
  return 0
}

async function enter(): Promise<number> {
  await prepareAssets()
  try {
    await makeNamespace()
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    return 1
  }
  return again()
}

async function status(json: boolean): Promise<number> {
  const state = readState()
  if (state === undefined) {
    say('there is no lab')
    if (json) console.log('null')
    return 1
  }
  if (!isInside()) return again()
  const { lines, programs, egress } = await describe(state)
  if (json) console.log(JSON.stringify({ programs, node: state.node, egress }, undefined, 2))
  else for (const line of lines) console.log(line)
  return programs.every(({ running }) => running) ? 0 : 1
}

async function egress(): Promise<number> {
  if (!isInside()) return again()
  const seen = await readEgress()
  console.log(`attempts to leave the lab: ${attempts(seen)} ${JSON.stringify(seen)}`)
  return attempts(seen) === 0 ? 0 : 1
}

async function gateway(word: string | undefined): Promise<number> {
  const kind = gateways.find((name) => name === word)
  if (kind === undefined) {
    return refuse(script, `a gateway is ${gateways.join(', ')}, not "${word ?? ''}"`)
  }
  await setGateway(kind)
  return 0
}

async function shell([command = 'bash', ...rest]: readonly string[]): Promise<number> {
  const { HOME = '/root', TERM = 'dumb' } = process.env
  const env = labEnvironment({ HOME, TERM, KUBECONFIG: kubeconfigOf('admin') })
  return runInside(command, rest, env)
}

async function down(): Promise<number> {
  await removeRemains()
  const remains = findRemains()
  if (isNothing(remains)) say('down; nothing is left')
  else console.error(remains)
  return isNothing(remains) ? 0 : 1
}

function again(): Promise<number> {
  return runInside(process.execPath, [...process.execArgv, ...process.argv.slice(1)], process.env)
}
