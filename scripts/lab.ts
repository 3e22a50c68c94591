// `npm run lab -- up | status | shell | down`: a whole site, real parts only, with no way out.
import {
  attempts,
  bringUp,
  describe,
  findRemains,
  gateways,
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

const usage = `npm run lab -- up [--openbao] [--no-node] [--without PART]…
                                   bring up what is not up
npm run lab -- status              what runs, and the attempts to leave
npm run lab -- egress              the counter alone; fails where it is not 0
npm run lab -- gateway none|drop|open
                                   no route out, a gateway that swallows packets, or a world that answers
npm run lab -- shell [COMMAND…]    a shell inside, with kubectl set up
npm run lab -- down                end it, and leave nothing behind

  --openbao       OpenBao in place of HashiCorp Vault
  --no-node       an API server without a kubelet, as on a machine that lacks the rights for one
  --without PART  leave a part out, by its name in status`

const say = (line: string): void => console.error(`lab: ${line}`)
const [verb = '', ...args] = process.argv.slice(2)

const verbs: Record<string, () => Promise<number>> = { up, status, egress, gateway, shell, down }
const chosen = verbs[verb]
if (process.getuid?.() !== 0) {
  say('a network namespace and a node need root')
  process.exitCode = 1
} else if (chosen === undefined) {
  console.error(usage)
  process.exitCode = 2
} else {
  process.exitCode = await chosen()
}

async function up(): Promise<number> {
  const vaultFlavour = args.includes('--openbao')
    ? 'openbao'
    : (readState()?.vaultFlavour ?? 'vault')
  const node = !args.includes('--no-node')
  if (!isInside()) {
    const problems = await obtainLabTools({ vault: vaultFlavour, node })
    for (const problem of problems) say(problem)
    if (problems.length > 0) return 1
    await prepareAssets()
    await makeNamespace()
    return again()
  }
  const begin = performance.now()
  const without = args.flatMap((arg, index) => (args[index - 1] === '--without' ? [arg] : []))
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

async function status(): Promise<number> {
  const state = readState()
  if (state === undefined) {
    say('there is no lab')
    return 1
  }
  if (!isInside()) return again()
  for (const line of (await describe(state)).lines) console.log(line)
  return 0
}

async function egress(): Promise<number> {
  if (!isInside()) return again()
  const seen = await readEgress()
  console.log(`attempts to leave the lab: ${attempts(seen)} ${JSON.stringify(seen)}`)
  return attempts(seen) === 0 ? 0 : 1
}

async function gateway(): Promise<number> {
  const kind = gateways.find((name) => name === args[0])
  if (kind === undefined) {
    console.error(usage)
    return 2
  }
  await setGateway(kind)
  return 0
}

async function shell(): Promise<number> {
  const [command = 'bash', ...rest] = args
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
