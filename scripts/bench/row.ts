/** A figure before it is compared with its target. */
export interface Measurement {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The figure must be at most this (`<=`) or at least this (`>=`); without one it only informs. */
  readonly target?: { readonly relation: '<=' | '>='; readonly value: number }
}

/** A line of the table, and an element of `--json`. */
export interface Row {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly target: string
  readonly ok: boolean
}

/** Compares a measurement with its target; a figure without a target is ok. */
export function rowOf({ name, value, unit, target }: Measurement): Row {
  const rounded = Number(value.toPrecision(3))
  if (target === undefined) return { name, value: rounded, unit, target: '', ok: true }
  const ok = target.relation === '<=' ? value <= target.value : value >= target.value
  return { name, value: rounded, unit, target: `${target.relation} ${target.value}`, ok }
}
