/** Tells a person on stderr what a long step does: one line that counts on a terminal, a few lines else. */
export class Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #label: string
  readonly #startedAt = performance.now()
  readonly #timer: NodeJS.Timeout
  #doing: string

  constructor(label: string, doing: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream
    this.#label = label
    this.#doing = doing
    this.#show()
    this.#timer = setInterval(() => this.#show(), stream.isTTY ? 1000 : 30_000)
    this.#timer.unref()
  }

  now(doing: string): void {
    this.#doing = doing
    this.#show()
  }

  end(result: string): void {
    clearInterval(this.#timer)
    this.#doing = result
    this.#show()
    if (this.#stream.isTTY) this.#stream.write('\n')
  }

  #show(): void {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(0)
    const line = `tools: ${this.#label}: ${this.#doing}, ${seconds} s`
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[K${line}` : `${line}\n`)
  }
}
