/** One link of the chain as it went. */
export interface Link {
  readonly name: string
  readonly ok: boolean
  readonly milliseconds: number
  /** What it gave: a digest, a commit, or why it failed. */
  readonly detail: string
}

/** `undecided`: a policy could not be judged, for want of a registry or the like; that is no refusal. */
export type Decision = 'refused' | 'admitted' | 'undecided'

/** One tampering, and what became of it. */
export interface Tampering {
  readonly name: string
  readonly expected: Exclude<Decision, 'undecided'>
  readonly got: Decision
  /** Who decided, and the words that it used. */
  readonly by: string
  readonly message: string
  /** What stands in those words where the decision has the cause that it should have. */
  readonly because: string
}

/** Whether a tampering ended as it had to, and for the reason that it had to. */
export function held({ expected, got, message, because }: Tampering): boolean {
  return expected === got && message.includes(because)
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
  return links.every(({ ok }) => ok) && tamperings.every(held)
}
