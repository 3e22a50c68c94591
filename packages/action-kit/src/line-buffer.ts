import { redact } from './masking.ts'

// A line without end would fill the memory of the runner.
const longest = 64 * 1024
// More than a secret has: one that lies across a cut would be masked in neither part.
const beyondCut = 8 * 1024

/** Cuts what a program prints into lines as it comes; what is longer than 64 KiB arrives in parts. */
export class LineBuffer {
  readonly #onLine: (line: string) => void
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  /** Only what is new is searched: a program that prints no line end costs no more than another. */
  push(text: string): void {
    const parts = text.split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) {
      this.#append(part)
      this.#onLine(this.#rest.replace(/\r$/, ''))
      this.#rest = ''
    }
    this.#append(last)
  }

  /** Hands on what has no line end. */
  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest)
    this.#rest = ''
  }

  #append(text: string): void {
    this.#rest += text
    if (this.#rest.length <= longest + beyondCut) return
    const clean = redact(this.#rest)
    let start = 0
    while (clean.length - start > longest + beyondCut) {
      this.#onLine(clean.slice(start, start + longest))
      start += longest
    }
    this.#rest = clean.slice(start)
  }
}
