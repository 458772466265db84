/** A form's fields: `RoleArn`, `Tags.member.1.Key`, … */
export type FormFields = Readonly<Record<string, string>>;

interface TextRule {
  readonly shortest: number;
  readonly longest: number;
  readonly pattern?: string;
  readonly required?: boolean;
}

const SESSION_NAME_PATTERN = "[\\w+=,.@-]*";

const TEXT_RULES: Readonly<Record<string, TextRule>> = {
  RoleArn: { shortest: 20, longest: 2048 },
  RoleSessionName: { shortest: 2, longest: 64, pattern: SESSION_NAME_PATTERN },
  SourceIdentity: { shortest: 2, longest: 64, pattern: SESSION_NAME_PATTERN },
  ExternalId: { shortest: 2, longest: 1224, pattern: "[\\w+=,.@:\\/-]*" },
  SerialNumber: { shortest: 9, longest: 256, pattern: "[\\w+=/:,.@-]*" },
  TokenCode: { shortest: 6, longest: 6, pattern: "[\\d]*" },
  Policy: { shortest: 1, longest: 2048 },
  WebIdentityToken: { shortest: 4, longest: 20000 },
};

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  AssumeRole: ["RoleArn", "RoleSessionName"],
  AssumeRoleWithWebIdentity: ["RoleArn", "RoleSessionName", "WebIdentityToken"],
};

/**
 * The text of STS's ValidationError, naming every rule that is broken; undefined where none is.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function findParameterErrors(operation: string, fields: FormFields): string | undefined {
  const errors: string[] = [];
  for (const name of REQUIRED[operation] ?? []) {
    if (fields[name] === undefined) {
      errors.push(
        `Value null at '${memberName(name)}' failed to satisfy constraint: Member must not be null`,
      );
    }
  }
  for (const [name, rule] of Object.entries(TEXT_RULES)) {
    const value = fields[name];
    if (value !== undefined) errors.push(...textErrors(memberName(name), value, rule));
  }
  errors.push(...durationErrors(operation, fields["DurationSeconds"]), ...listErrors(fields));
  if (errors.length === 0) return undefined;
  const noun = errors.length === 1 ? "error" : "errors";
  return `${errors.length} validation ${noun} detected: ${errors.join("; ")}`;
}

function textErrors(member: string, value: string, rule: TextRule): string[] {
  const errors: string[] = [];
  const fail = (constraint: string) =>
    errors.push(
      `Value '${value}' at '${member}' failed to satisfy constraint: Member must ${constraint}`,
    );
  if (value.length < rule.shortest) fail(`have length greater than or equal to ${rule.shortest}`);
  if (value.length > rule.longest) fail(`have length less than or equal to ${rule.longest}`);
  if (rule.pattern !== undefined && !new RegExp(`^${rule.pattern}$`).test(value)) {
    fail(`satisfy regular expression pattern: ${rule.pattern}`);
  }
  return errors;
}

function durationErrors(operation: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const start = `Value '${value}' at 'durationSeconds' failed to satisfy constraint: Member must`;
  const longest = operation === "GetSessionToken" ? 129_600 : 43_200;
  if (!/^\d+$/.test(value)) return [`${start} be an integer`];
  if (Number(value) < 900) return [`${start} have value greater than or equal to 900`];
  if (Number(value) > longest) return [`${start} have value less than or equal to ${longest}`];
  return [];
}

function listErrors(fields: FormFields): string[] {
  const errors: string[] = [];
  const keys = members(fields, "Tags", ".Key");
  if (keys.length > 50) {
    errors.push(
      `Value '[tags]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50`,
    );
  }
  keys.forEach((key, index) => {
    errors.push(...textErrors(`tags.${index + 1}.member.key`, key, { shortest: 1, longest: 128 }));
  });
  members(fields, "Tags", ".Value").forEach((value, index) => {
    errors.push(
      ...textErrors(`tags.${index + 1}.member.value`, value, { shortest: 0, longest: 256 }),
    );
  });
  if (members(fields, "PolicyArns", ".arn").length > 10) {
    errors.push(
      `Value '[policyArns]' at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10`,
    );
  }
  return errors;
}

/** The values of a list's members: `Tags.member.N` + suffix. */
function members(fields: FormFields, list: string, suffix: string): string[] {
  const values: string[] = [];
  for (let number = 1; ; number += 1) {
    const value = fields[`${list}.member.${number}${suffix}`];
    if (value === undefined) return values;
    values.push(value);
  }
}

/** `RoleArn` → `roleArn`: as AWS's messages name a parameter. */
function memberName(parameter: string): string {
  return parameter.charAt(0).toLowerCase() + parameter.slice(1);
}
