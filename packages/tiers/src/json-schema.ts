import { z } from 'zod'
import { siteSchema } from './site-schema.ts'

/** The parts of a JSON Schema that a reader of tiers.yaml is told about. */
export interface SchemaNode {
  readonly description?: string | undefined
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined
  readonly items?: SchemaNode | undefined
}

const node: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    description: z.string().optional(),
    properties: z.record(z.string(), node).optional(),
    items: node.optional(),
  }),
)

/** The published schema, made from the one that loading uses; tiers.schema.json is this text. */
export function jsonSchemaText(): string {
  const schema = z.toJSONSchema(siteSchema, { target: 'draft-7' })
  return `${JSON.stringify({ title: 'tierseal: tiers.yaml', ...schema }, undefined, 2)}\n`
}

let root: SchemaNode | undefined

/** What the schema says of a place in tiers.yaml. */
export function schemaAt(path: readonly (string | number)[]): SchemaNode | undefined {
  root ??= node.parse(z.toJSONSchema(siteSchema))
  let current: SchemaNode | undefined = root
  for (const step of path) {
    current = typeof step === 'number' ? current?.items : current?.properties?.[step]
  }
  return current
}
