import { styleText } from 'node:util'
import { held, type Link, type Tampering } from './report.ts'

const longest = 220

type Style = Parameters<typeof styleText>[0]

/** Lines for a person: on stdout, or on stderr where stdout carries JSON; colours only on a terminal. */
export class Terminal {
  readonly #stream: NodeJS.WriteStream

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  heading(text: string): void {
    this.line(`\n${this.#styled('bold', text)}`)
  }

  link({ name, ok, milliseconds, detail }: Link): void {
    const mark = ok ? this.#styled('green', 'ok  ') : this.#styled('red', 'FAIL')
    this.line(`  ${mark} ${name.padEnd(12)} ${seconds(milliseconds)}  ${oneLine(detail)}`)
  }

  tampering(tampering: Tampering): void {
    const { name, expected, got, by, message, because } = tampering
    const mark = held(tampering)
      ? this.#styled('green', got)
      : this.#styled('red', `${got}, NOT ${expected} for "${because}"`)
    this.line(`  ${mark.padEnd(8)} ${name}`)
    this.line(this.#styled('dim', `           ${by}: ${oneLine(message)}`))
  }

  line(text: string): void {
    this.#stream.write(`${text}\n`)
  }

  #styled(style: Style, text: string): string {
    return this.#stream.isTTY ? styleText(style, text) : text
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`.padStart(7)
}

function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ')
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}
