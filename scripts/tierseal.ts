// `npm run -s tierseal -- VERB`: the command, from a checkout.
import { runCli } from '../packages/cli/src/index.ts'

process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
  colours: process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined,
  // npm changes to the root of the checkout and says here where the person stood.
  folder: process.env['INIT_CWD'] ?? process.cwd(),
  env: process.env,
})
