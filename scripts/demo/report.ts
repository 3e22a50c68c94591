/** One link of the chain as it went. */
export interface Link {
  readonly name: string
  readonly ok: boolean
  readonly milliseconds: number
  /** What it gave: a digest, a commit, or why it failed. */
  readonly detail: string
}

/** One tampering, and what became of it. */
export interface Tampering {
  readonly name: string
  readonly expected: 'refused' | 'admitted'
  readonly got: 'refused' | 'admitted'
  /** Who decided, and the words that it used. */
  readonly by: string
  readonly message: string
}

/** The whole demo, for `--json` and the report file. */
export interface Report {
  readonly ok: boolean
  readonly image: string | undefined
  readonly links: readonly Link[]
  readonly tamperings: readonly Tampering[]
  readonly seconds: number
}

/** Whether every link held and every tampering ended as it had to. */
export function judgeReport(links: readonly Link[], tamperings: readonly Tampering[]): boolean {
  return links.every(({ ok }) => ok) && tamperings.every(({ expected, got }) => expected === got)
}
