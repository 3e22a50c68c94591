// `npm run -s tierseal -- VERB`: the command, from a checkout.
import { createInterface, type Interface } from 'node:readline/promises'
import { runCli } from '../packages/cli/src/index.ts'

const dialogue = process.stdin.isTTY && process.stderr.isTTY ? startDialogue() : undefined

// `tierseal check | head`: a reader that has seen enough is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
  ...(dialogue === undefined ? {} : { ask: dialogue.ask }),
  colours: process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined,
  // npm changes to the root of the checkout and says here where the person stood.
  folder: process.env['INIT_CWD'] ?? process.cwd(),
  env: process.env,
})
dialogue?.end()

/** One reader for all questions: lines that are typed or pasted ahead answer the questions to come. */
function startDialogue() {
  let open: { reader: Interface; lines: AsyncIterator<string> } | undefined
  let ended = false
  const ask = async (question: string): Promise<string> => {
    if (open === undefined) {
      const reader = createInterface({ input: process.stdin, output: process.stderr })
      reader.once('close', () => {
        ended = true
      })
      open = { reader, lines: reader[Symbol.asyncIterator]() }
    }
    open.reader.setPrompt(question)
    if (!ended) open.reader.prompt()
    const { done, value } = await open.lines.next()
    // Ctrl-C and Ctrl-D: no answer comes any more, and nothing was written yet.
    if (done === true) process.exit(130)
    return value.trim()
  }
  return { ask, end: () => open?.reader.close() }
}
