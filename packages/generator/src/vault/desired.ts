import { parse } from 'yaml'
import { z } from 'zod'

const schema = z.strictObject({
  policy: z.strictObject({
    name: z.string(),
    rules: z.array(z.strictObject({ path: z.string(), capabilities: z.array(z.string()) })),
  }),
  role: z.strictObject({
    mount: z.string(),
    name: z.string(),
    bound_service_account_names: z.array(z.string()),
    bound_service_account_namespaces: z.array(z.string()),
    audience: z.string(),
    alias_name_source: z.string(),
    token_policies: z.array(z.string()),
    token_no_default_policy: z.boolean(),
    token_type: z.string(),
    token_ttl: z.number(),
    token_max_ttl: z.number(),
    token_num_uses: z.number(),
  }),
})

/** What Vault should hold for one tier. */
export type DesiredVault = z.infer<typeof schema>

/** Reads a rendered vault/tier.yaml. */
export function parseDesiredVault(text: string): DesiredVault {
  return schema.parse(parse(text))
}

/** The policy in Vault's own language. */
export function policyLines({ policy }: DesiredVault): readonly string[] {
  return policy.rules.flatMap(({ path, capabilities }) => [
    `path "${path}" {`,
    `  capabilities = [${capabilities.map((capability) => `"${capability}"`).join(', ')}]`,
    '}',
  ])
}
