/**
 * One call of cosign, as the key agent sees it. Several run at once, so what became of a signature is known
 * by the call that asked for it.
 */
export class KeyCall {
  #failure: unknown
  #waiting = 0

  /** Why the last signature that was asked for was not made; undefined where it was. */
  get failure(): unknown {
    return this.#failure
  }

  /** Whether a signature that was asked for is not made yet: Vault does not answer. */
  get isWaiting(): boolean {
    return this.#waiting > 0
  }

  /** Makes a signature, and remembers how that went. @throws what the work throws */
  async follow(work: () => Promise<Buffer>): Promise<Buffer> {
    this.#waiting += 1
    try {
      const signature = await work()
      this.#failure = undefined
      return signature
    } catch (error) {
      this.#failure = error
      throw error
    } finally {
      this.#waiting -= 1
    }
  }
}
