import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'

/** The part of an OpenAPI schema in a CustomResourceDefinition that an API server checks against. */
export interface CrdSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, CrdSchema>>
  readonly additionalProperties?: CrdSchema | boolean
  readonly items?: CrdSchema
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly maxLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
}

interface Crd {
  readonly spec: {
    readonly names: { readonly kind: string }
    readonly group: string
    readonly versions: readonly {
      readonly name: string
      readonly schema: { readonly openAPIV3Schema: CrdSchema }
    }[]
  }
}

/** The schemas of CustomResourceDefinition files, by `group/version kind`. */
export function readSchemas(files: readonly string[]): ReadonlyMap<string, CrdSchema> {
  const crds = files.flatMap((file) =>
    parseAllDocuments(readFileSync(file, 'utf8')).map((document): Crd => document.toJS()),
  )
  return new Map(
    crds.flatMap(({ spec }) =>
      spec.versions.map(({ name, schema }) => [
        `${spec.group}/${name} ${spec.names.kind}`,
        schema.openAPIV3Schema,
      ]),
    ),
  )
}

/** What an API server with strict field validation would refuse. */
export function flaws(schema: CrdSchema, value: unknown, path = ''): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return []
  const own = valueFlaws(schema, value).map((flaw) => `${path}: ${flaw}`)
  if (Array.isArray(value)) {
    const { items = {} } = schema
    return [...own, ...value.flatMap((item, index) => flaws(items, item, `${path}[${index}]`))]
  }
  return isRecord(value) ? [...own, ...recordFlaws(schema, value, path)] : own
}

function valueFlaws(schema: CrdSchema, value: unknown): readonly string[] {
  const { type, maxLength, pattern, minimum, maximum } = schema
  const text = typeof value === 'string' ? value : ''
  const number = typeof value === 'number' ? value : undefined
  return [
    ...(type === undefined || typeOf(value, type) ? [] : [`expected ${type}`]),
    ...(schema.enum === undefined || schema.enum.includes(value) ? [] : ['not one of the enum']),
    ...(maxLength === undefined || text.length <= maxLength ? [] : ['too long']),
    ...(pattern === undefined || new RegExp(pattern).test(text) ? [] : ['not of the pattern']),
    ...(number === undefined || minimum === undefined || number >= minimum ? [] : ['too small']),
    ...(number === undefined || maximum === undefined || number <= maximum ? [] : ['too large']),
  ]
}

function typeOf(value: unknown, type: string): boolean {
  if (type === 'object') return isRecord(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}

function recordFlaws(
  schema: CrdSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
): readonly string[] {
  const { properties = {}, required = [], additionalProperties } = schema
  const missing = required.filter((key) => !Object.hasOwn(value, key))
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true
  // metadata has its schema in the API server, not in the definition.
  const closed = !open && additionalProperties === undefined && path !== '.metadata'
  return [
    ...missing.map((key) => `${path}: lacks ${key}`),
    ...Object.entries(value).flatMap(([key, item]) => {
      const known = properties[key] ?? objectOf(additionalProperties)
      if (known !== undefined) return flaws(known, item, `${path}.${key}`)
      return closed ? [`${path}.${key}: unknown field`] : []
    }),
  ]
}

function objectOf(schema: CrdSchema | boolean | undefined): CrdSchema | undefined {
  return typeof schema === 'object' ? schema : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
