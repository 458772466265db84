import type { ProfileToWrite } from "../../src/profiles/profile.ts";

/** A profile with credentials that are easy to find in a text. */
export function profileNamed(name: string, changes: Partial<ProfileToWrite> = {}): ProfileToWrite {
  return {
    name,
    credentials: {
      accessKeyId: "ASIANEWKEY",
      secretAccessKey: "new/secret+key",
      sessionToken: "newToken//==",
      expiration: new Date("2026-11-23T00:22:40Z"),
    },
    region: "sa-east-1",
    chain: "0123abcd",
    obtainedAt: "2026-11-22 23:22:40",
    ...changes,
  };
}
