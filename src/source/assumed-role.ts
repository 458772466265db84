import type { Credentials, TemporaryCredentials } from "../aws/credentials.ts";
import { type Held, Holder, type Origin, remembering } from "../aws/holder.ts";
import { type AssumeRoleRequest, assumeRole } from "../aws/sts.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { blaming } from "./blame.ts";
import { checkExpiry } from "./expiry.ts";
import { placeOf } from "./property.ts";
import { type Step, wayTo } from "./role-way.ts";
import type {
  ProfileRole,
  RoleMemory,
  RolePath,
  SourceContext,
  SourceCredentials,
  SourceKind,
} from "./source.ts";

/**
 * The role of a profile (`role_arn`), assumed with the credentials of its `source_profile`, which
 * may have a role itself, or of its `credential_source`. What each profile on the way says of
 * `external_id`, `role_session_name`, `duration_seconds`, `mfa_serial` and `region` counts for its
 * own role. What was assumed before with the same keys is used again until it ends.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
export async function assumedRole(
  context: SourceContext,
  profile: SharedSection,
): Promise<SourceCredentials> {
  const { steps, loadRoot } = wayTo(context, profile);
  const root = await loadRoot();
  const profileOfRoot = context.sharedFiles.profile(root.profiles.at(-1) ?? "");
  checkExpiry(root, context.awsTime(), profileOfRoot);
  const opened = await context.openRoles();
  const memory = newEachTime.has(root.kind) ? { ...opened, ...noMemory } : opened;
  const path = pathOf(root, steps);
  const names = steps.map((step) => step.profile.name).toReversed();
  const sourceOf = ({
    credentials,
    remembered,
  }: Held<TemporaryCredentials>): SourceCredentials => ({
    ...root,
    credentials,
    // A profile that names itself for its keys is the first of the way too.
    profiles: [...names, ...root.profiles.filter((name) => name !== names.at(-1))],
    roles: [...root.roles, ...path.roles.map(({ roleArn }) => roleArn)],
    origin: `profile \`${profile.name}\``,
    byCode: takesCode(steps),
    renew: remembered ? () => renew(credentials) : undefined,
  });
  // The root is not asked again: its program may be a letme, which would wait for this one.
  const renew = async (stale: TemporaryCredentials) => {
    await memory.forget(path, stale);
    return sourceOf(await climb(context, memory, root, steps));
  };
  return sourceOf(await climb(context, memory, root, steps));
}

/** Their keys are others in each run, and the start of nothing that is found again. */
const newEachTime: ReadonlySet<SourceKind> = new Set(["sso", "web-identity"]);

const noMemory: Omit<RoleMemory, "inTurn"> = {
  recall: async () => undefined,
  save: async () => undefined,
  forget: async () => undefined,
};

function takesCode(steps: readonly Step[]): boolean {
  return steps.some(({ role }) => role.serialNumber !== undefined);
}

function pathOf(root: SourceCredentials, steps: readonly Step[]): RolePath {
  return { accessKeyId: root.credentials.accessKeyId, roles: steps.map(({ role }) => role) };
}

/**
 * The credentials of the last step: remembered ones, also those that another letme gets just now,
 * or new ones. Whoever has a turn here waits for no other turn, so no two letmes wait for each other.
 */
async function climb(
  context: SourceContext,
  memory: RoleMemory,
  root: SourceCredentials,
  steps: readonly Step[],
): Promise<Held<TemporaryCredentials>> {
  const path = pathOf(root, steps);
  const found = await memory.recall(path);
  if (found !== undefined) return { credentials: found, remembered: true };
  const origin = originOf(context, memory, root, steps);
  return memory.inTurn(path, () => origin.open());
}

/** Each step, where it is not remembered, by the one before it; `next` is what it is for. */
function originOf(
  context: SourceContext,
  memory: RoleMemory,
  root: SourceCredentials,
  steps: readonly Step[],
  next: readonly Step[] = [],
): Origin<TemporaryCredentials> {
  const path = pathOf(root, steps);
  const last = steps.at(-1);
  if (last === undefined) throw new Error("a way without a role");
  const { profile, role } = last;
  const before = steps.slice(0, -1);
  const assume = async (credentials: Credentials) => {
    const given = await assumeOne(context, role, credentials);
    await memory.save(path, given);
    return given;
  };
  return remembering({
    recall: () => memory.recall(path),
    obtain: () =>
      blaming(
        `profile \`${profile.name}\`${placeOf(profile, "role_arn")}`,
        () =>
          before.length === 0
            ? assume(root.credentials)
            : new Holder(originOf(context, memory, root, before, [last])).use(assume),
        role.serialNumber !== undefined,
      ),
    // A next role that takes a code could not be assumed again without another one.
    obtainsFreely: async () => !takesCode([...steps, ...next]),
    forget: (stale) => memory.forget(path, stale),
  });
}

function assumeOne(
  context: SourceContext,
  { region, serialNumber, ...request }: ProfileRole,
  credentials: Credentials,
): Promise<TemporaryCredentials> {
  const assume = (mfa?: AssumeRoleRequest["mfa"]) =>
    assumeRole(context.clientIn(region), credentials, { ...request, mfa });
  if (serialNumber === undefined) return assume();
  return context.spendTokenCode(serialNumber, (tokenCode) => assume({ serialNumber, tokenCode }));
}
