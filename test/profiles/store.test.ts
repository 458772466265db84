import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import type { Platform } from "../../src/host.ts";
import { locateSharedFiles } from "../../src/profiles/locations.ts";
import { readManagedProfiles } from "../../src/profiles/managed.ts";
import { checkOwnership } from "../../src/profiles/ownership-check.ts";
import { protectCredentials } from "../../src/profiles/protection.ts";
import { readSharedFiles } from "../../src/profiles/reader.ts";
import {
  previewRemove,
  previewWrite,
  removeProfiles,
  writeProfiles,
} from "../../src/profiles/store.ts";
import { MemoryFiles, memoryHost, systemError } from "../support/memory-files.ts";
import { profileNamed } from "./profile-fixtures.ts";

const locations = { config: "/home/u/.aws/config", credentials: "/home/u/.aws/credentials" };
const lockPath = "/home/u/.letme/lock";

function write(files: MemoryFiles, names = ["a"], platform: Platform = "linux") {
  const profiles = names.map((name) => profileNamed(name));
  return writeProfiles(memoryHost(files, platform), locations, lockPath, profiles);
}

async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LetmeError);
  return error instanceof LetmeError ? error.message : "";
}

describe("where the files are", () => {
  const files = new MemoryFiles();
  const at = (env: Record<string, string>, platform: Platform = "linux") =>
    locateSharedFiles({
      ...{ env, files, platform },
      homeDirectory: platform === "win32" ? "C:\\u" : "/home/u",
    });

  test("in the home directory, or where the variables say", () => {
    expect(at({})).toEqual(locations);
    expect(at({ AWS_CONFIG_FILE: " ", AWS_SHARED_CREDENTIALS_FILE: "" })).toEqual(locations);
    expect(at({ AWS_CONFIG_FILE: "~/x", AWS_SHARED_CREDENTIALS_FILE: "/y" })).toEqual({
      config: "/home/u/x",
      credentials: "/y",
    });
    expect(at({ AWS_CONFIG_FILE: "~\\x" }, "win32")).toEqual({
      config: "C:\\u\\x",
      credentials: "C:\\u\\.aws\\credentials",
    });
  });

  test.each<[Platform, string]>([
    ["linux", "$HOME/aws/c"],
    ["linux", "x/\u0024{HOME}/c"],
    ["darwin", "/x/$NOT_SET/$HOME"],
    ["win32", "%HOME%\\c"],
    ["win32", "$HOME\\c"],
  ])(
    "are not guessed where some tools put a variable's value into the path: %s, %s",
    (platform, path) => {
      for (const variable of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) {
        expect(() => at({ HOME: "/h", [variable]: path }, platform)).toThrow(
          `\`${variable}\` is \`${path}\`: some AWS tools put the value of \`HOME\` into that path`,
        );
      }
    },
  );

  test.each<[Platform, string]>([
    ["linux", "/x/$NOT_SET/c"],
    ["linux", "/x/100%HOME%"],
    ["linux", "/x/$/c$"],
    ["linux", "/there/$HOME"],
  ])(
    "are as they stand where all tools leave the path so, or there is such a file: %s, %s",
    (platform, path) => {
      files.put("/there/$HOME", "");
      expect(at({ HOME: "/h", AWS_CONFIG_FILE: path }, platform).config).toBe(path);
    },
  );

  test("may not be one and the same file", async () => {
    const files = new MemoryFiles();
    files.put("/real", "[b]\n");
    files.putLink(locations.config, "/real");
    files.putLink(locations.credentials, "/real");
    expect(await refusal(write(files))).toContain("are the same");
  });
});

describe("the disk", () => {
  const ofDisk = new Set(["create", "sync", "close", "rename", "syncDirectory"]);
  const steps = async (files: MemoryFiles) => {
    await write(files);
    const seen = files.operations.map((each) => each.split(" ") as [string, string]);
    return seen.filter(([name]) => ofDisk.has(name)).map(([name, path]) => [name, path]);
  };
  const names = (all: readonly (readonly (string | undefined)[])[]) => all.map(([name]) => name);

  test("has both files before the first rename, and their folder behind the last, once", async () => {
    const files = new MemoryFiles();
    files.canExchange = false;
    const seen = await steps(files);
    expect(names(seen)).toEqual([
      ...["create", "create", "sync", "close", "sync", "close"],
      ...["rename", "rename", "syncDirectory"],
    ]);
    expect(seen.slice(-3)).toEqual([
      ["rename", locations.config],
      ["rename", locations.credentials],
      ["syncDirectory", "/home/u/.aws"],
    ]);
  });

  test("has each folder, where links lead to two", async () => {
    const files = new MemoryFiles();
    files.put("/real/config", "[default]\n");
    files.putLink(locations.config, "/real/config");
    expect((await steps(files)).slice(-2)).toEqual([
      ["syncDirectory", "/real"],
      ["syncDirectory", "/home/u/.aws"],
    ]);
  });
});

describe("pain 6: writers that race", () => {
  test.each([
    ["can", true],
    ["cannot", false],
  ])(
    "a change by a program without a lock is kept, whenever it comes (the system %s swap)",
    async (_, canExchange) => {
      const calm = new MemoryFiles();
      calm.canExchange = canExchange;
      calm.put(locations.config, "[default]\n");
      calm.put(locations.credentials, "[default]\n");
      await write(calm);
      const call = canExchange ? "exchange" : "rename";
      const renames = calm.operations.flatMap((each, at) => (each.startsWith(call) ? [at] : []));
      const [first = 0, last = 0] = renames;
      for (let moment = 0; moment <= last; moment += 1) {
        for (const path of [locations.config, locations.credentials]) {
          // Without a swap nothing shows what came between the last look and the rename.
          const isBlind = !canExchange && moment === (path === locations.config ? first : last);
          const triesToSwap = !canExchange && calm.operations[moment]?.startsWith("exchange");
          if (isBlind || triesToSwap) continue;
          const files = new MemoryFiles();
          files.canExchange = canExchange;
          files.put(locations.config, "[default]\n");
          files.put(locations.credentials, "[default]\n");
          let isDone = false;
          files.beforeOperation = (index) => {
            if (index !== moment || isDone) return undefined;
            isDone = true;
            files.put(path, `${files.text(path)}[other]\nk = v\n`);
            return undefined;
          };
          await write(files);
          expect(files.text(path), `at ${files.operations[moment]}`).toContain("[other]\nk = v\n");
          expect(files.text(locations.config)).toContain("region = sa-east-1");
          expect(files.text(locations.credentials)).toContain("ASIANEWKEY");
          expect(files.paths().filter((name) => name.endsWith(".tmp"))).toEqual([]);
        }
      }
    },
  );

  test("a foreign profile of that name that appears meanwhile puts all back", async () => {
    const files = new MemoryFiles();
    files.put(locations.config, "[default]\n");
    files.put(locations.credentials, "");
    files.beforeOperation = (_, name, path) => {
      if (name === "exchange" && path === locations.config) {
        files.put(locations.credentials, "[a]\nmine = 1\n");
      }
      return undefined;
    };
    expect(await refusal(write(files))).toContain("is not letme's");
    expect(files.text(locations.config)).toBe("[default]\n");
    expect(files.text(locations.credentials)).toBe("[a]\nmine = 1\n");
  });

  test.each([
    ["can", true],
    ["cannot", false],
  ])("what comes while a change is put back stays (the system %s swap)", async (_, canExchange) => {
    const files = new MemoryFiles();
    files.canExchange = canExchange;
    files.put(locations.config, "[default]\n");
    files.put(locations.credentials, "[default]\n");
    let isFailing = false;
    files.beforeOperation = (_index, name, path) => {
      if (name === (canExchange ? "exchange" : "rename") && path === locations.credentials) {
        isFailing = true;
        return { errno: "EIO" };
      }
      if (isFailing && name === "create") {
        files.put(locations.config, `${files.text(locations.config)}[other]\nk = v\n`);
      }
      return undefined;
    };
    expect(await refusal(write(files))).toContain("EIO");
    expect(files.text(locations.config)).toContain("[other]\nk = v\n");
    expect(files.text(locations.credentials)).toBe("[default]\n");
    expect(files.paths().filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("what comes right before the swap and cannot be read stays", async () => {
    const files = new MemoryFiles();
    files.put(locations.config, "[default]\n");
    files.put(locations.credentials, "[default]\n");
    let temporary: string | undefined;
    let isDone = false;
    files.beforeOperation = (_index, name, path) => {
      if (name === "create" && path.includes(".credentials.")) temporary ??= path;
      if (name === "exchange" && path === locations.credentials && !isDone) {
        isDone = true;
        files.put(locations.credentials, "[other]\n");
      }
      // It is in the temporary file's place now.
      return name === "read" && path === temporary ? { errno: "EACCES" } : undefined;
    };
    await write(files);
    expect(files.text(locations.credentials)).toStartWith("[other]\n");
    expect(files.text(locations.credentials)).toContain("ASIANEWKEY");
  });

  test("many at once in one process end with all profiles", async () => {
    const files = new MemoryFiles();
    const names = Array.from({ length: 64 }, (_, at) => `account-${at}`);
    await Promise.all(names.map((name) => write(files, [name])));
    const managed = readManagedProfiles(memoryHost(files), locations);
    expect(managed.map(({ name }) => name)).toEqual(names.toSorted());
  });
});

describe("pains 7 and 8: nothing else is touched", () => {
  test("other profiles, comments, order and nested values come back byte for byte", async () => {
    const config =
      "# top\n\n[profile z]\ns3 =\n    max = 1\n\n  addressing_style=path # c\n[default]\n";
    const files = new MemoryFiles();
    files.put(locations.config, config);
    await write(files);
    expect(files.text(locations.config)?.startsWith(config)).toBe(true);
    await removeProfiles(memoryHost(files), locations, lockPath, ["a"]);
    expect(files.text(locations.config)).toBe(config);
    expect(files.text(locations.credentials)).toBe("");
  });

  test("a second write of the same changes no file", async () => {
    const files = new MemoryFiles();
    expect((await write(files)).files.map(({ action }) => action)).toEqual(["created", "created"]);
    const before = files.operations.length;
    expect((await write(files)).files.map(({ action }) => action)).toEqual([
      "unchanged",
      "unchanged",
    ]);
    expect(files.operations.slice(before).some((each) => each.startsWith("rename"))).toBe(false);
  });
});

describe("pain 10: links, missing and odd files", () => {
  test("a link is followed and kept", async () => {
    const files = new MemoryFiles();
    files.put("/dotfiles/aws/credentials", "[b]\n");
    files.putLink("/dotfiles/link", "aws/credentials");
    files.putLink(locations.credentials, "/dotfiles/link");
    await write(files);
    expect(files.nodes.get(locations.credentials)?.kind).toBe("link");
    expect(files.nodes.get("/dotfiles/aws/credentials")?.kind).toBe("file");
    expect(files.text("/dotfiles/aws/credentials")).toContain("ASIANEWKEY");
  });

  test("a dangling link, a loop, a folder and a read-only file are clear errors", async () => {
    const cases: [(files: MemoryFiles) => void, string][] = [
      [(files) => files.putLink(locations.credentials, "/nowhere"), "is not there"],
      [(files) => files.putLink(locations.credentials, locations.credentials), "link"],
      [(files) => files.putFolder(locations.credentials), "is a folder"],
      [(files) => files.put(locations.credentials, "[b]\n", 0o400), "is read-only"],
      [(files) => files.put(locations.credentials, "[b]\n", 0o600, 7), "EPERM"],
    ];
    for (const [prepare, words] of cases) {
      const files = new MemoryFiles();
      files.put(locations.config, "[default]\n");
      prepare(files);
      const message = await refusal(write(files));
      expect(message).toContain(words);
      expect(message).toContain(locations.credentials);
      expect(files.text(locations.config)).toBe("[default]\n");
    }
  });

  test("a folder that may not be written into is found before anything is asked of anyone", () => {
    const [folder, home] = ["/home/u/.aws", "/home/u"];
    for (const [unwritable, put] of [
      [folder, (files: MemoryFiles) => files.put(locations.credentials, "")],
      [folder, () => {}],
      [home, () => {}],
    ] as const) {
      const files = new MemoryFiles();
      files.putFolder(unwritable, 0o500);
      put(files);
      const check = () => checkOwnership(memoryHost(files), locations, ["a"]);
      expect(check).toThrow(
        `cannot write into the folder \`${unwritable}\`: permission denied (EACCES)`,
      );
    }
  });

  test("missing files are empty to a reader", () => {
    const files = new MemoryFiles();
    const host = memoryHost(files);
    expect(readSharedFiles(host, locations).profileNames()).toEqual([]);
    expect(readSharedFiles(host, locations).profile("")).toBeUndefined();
    expect(readManagedProfiles(host, locations)).toEqual([]);
    checkOwnership(host, locations, ["a"]);
  });
});

describe("hard links", () => {
  test("other names of a file keep what it was, and their number is told once", async () => {
    const files = new MemoryFiles();
    files.put(locations.credentials, "[b]\n");
    Object.assign(files.nodes.get(locations.credentials) ?? {}, { otherNames: 2 });
    expect((await write(files)).files.map((file) => file.otherNames)).toEqual([undefined, 2]);
    expect((await write(files, ["z"])).files.map((file) => file.otherNames)).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("also where another program makes letme do it again", async () => {
    const files = new MemoryFiles();
    files.put(locations.config, "[default]\n");
    files.put(locations.credentials, "[b]\n");
    Object.assign(files.nodes.get(locations.config) ?? {}, { otherNames: 1 });
    let isDone = false;
    files.beforeOperation = (_, name, path) => {
      if (isDone || name !== "exchange" || path !== locations.credentials) return undefined;
      isDone = true;
      files.put(locations.config, `${files.text(locations.config)}[c]\n`);
      files.put(locations.credentials, "[b]\n[c]\n");
      return undefined;
    };
    expect((await write(files)).files[0]).toMatchObject({ otherNames: 1 });
  });
});

describe("pain 11: modes", () => {
  test("new files are 0600 in a folder of 0700", async () => {
    const files = new MemoryFiles();
    await write(files);
    expect([files.mode("/home/u/.aws"), files.mode(locations.credentials)]).toEqual([0o700, 0o600]);
    expect(files.mode(locations.config)).toBe(0o600);
  });

  test("a looser credentials file is tightened, which is told; the config file keeps its mode", async () => {
    const files = new MemoryFiles();
    files.put(locations.config, "", 0o644);
    files.put(locations.credentials, "", 0o664);
    const report = await write(files);
    expect(report.files.map(({ tightenedFrom }) => tightenedFrom)).toEqual([undefined, 0o664]);
    expect([files.mode(locations.config), files.mode(locations.credentials)]).toEqual([
      0o644, 0o600,
    ]);
  });

  test("also where nothing else changes", async () => {
    const files = new MemoryFiles();
    await write(files);
    files.put(locations.credentials, files.bytes(locations.credentials) ?? "", 0o644);
    const report = await write(files);
    expect(report.files[1]).toMatchObject({ action: "unchanged", tightenedFrom: 0o644 });
    expect(files.mode(locations.credentials)).toBe(0o600);
  });
});

describe("pain 17: Windows", () => {
  test.each([
    ["rename", "rename"],
    ["last look", "read"],
  ])("a %s that meets a sharing violation is tried again", async (_, operation) => {
    const files = new MemoryFiles();
    files.put(locations.credentials, "");
    let left = 5;
    let isWritten = false;
    files.beforeOperation = (_index, name, path) => {
      isWritten ||= name === "sync" && path.includes("credentials");
      if (!isWritten || name !== operation || left === 0) return undefined;
      left -= 1;
      return { errno: "EBUSY" };
    };
    await write(files, ["a"], "win32");
    expect(left).toBe(0);
    expect(files.text(locations.credentials)).toContain("ASIANEWKEY");
  });

  test("but not for ever", async () => {
    const stuck = new MemoryFiles();
    stuck.beforeOperation = (_, name) => (name === "rename" ? { errno: "EBUSY" } : undefined);
    expect(await refusal(write(stuck, ["a"], "win32"))).toContain("another program is using it");
  });
});

describe("a preview", () => {
  test("shows the change, hides every secret and writes nothing", () => {
    const files = new MemoryFiles();
    const secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY=";
    files.put(
      locations.credentials,
      `[b]\naws_secret_access_key = ${secret}\n# ${secret}\n${secret}\n  ${secret}\nregion = ${secret}`,
    );
    const before = files.paths();
    const { diff } = previewWrite(memoryHost(files), locations, [profileNamed("a")]);
    expect(files.paths()).toEqual(before);
    expect(diff).not.toContain(secret);
    for (const hidden of ["ASIANEWKEY", "new/secret", "newToken"])
      expect(diff).not.toContain(hidden);
    expect(diff).toBe(
      [
        "--- /dev/null",
        `+++ ${locations.config}`,
        "@@ -0,0 +1,6 @@",
        "+#s-a",
        "+#managed by letme",
        "+[profile a]",
        "+region = sa-east-1",
        "+output = json",
        "+#e-a",
        `--- ${locations.credentials}`,
        `+++ ${locations.credentials}`,
        "@@ -4,3 +4,11 @@",
        " ****",
        " ****",
        " region = ****",
        "+#s-a",
        "+#Nov 22, 2026 23:22:40;t",
        "+#expires 2026-11-23T00:22:40Z chain 0123abcd",
        "+[a]",
        "+aws_access_key_id = ****",
        "+aws_secret_access_key = ****",
        "+aws_session_token = ****",
        "+#e-a",
        "",
      ].join("\n"),
    );
  });

  test("shows a command of letme's own, and no other", () => {
    const shown = (credentialProcess: string) =>
      previewWrite(memoryHost(new MemoryFiles()), locations, [
        { name: "a", region: undefined, credentialProcess },
      ]).diff;
    for (const own of [
      "letme export a --format process",
      "letme export a --format process --context work",
      "letme obtain a --v1",
    ]) {
      expect(shown(own)).toContain(`+credential_process = ${own}\n`);
    }
    for (const other of ["tool --token abcdef", "letme export a --format process --x abcdef"]) {
      expect(shown(other)).toContain("+credential_process = ****\n");
    }
  });

  test("of a removal, and of nothing", async () => {
    const files = new MemoryFiles();
    await write(files);
    const host = memoryHost(files);
    expect(previewWrite(host, locations, [profileNamed("a")]).diff).toBe("");
    const { diff } = previewRemove(host, locations, ["a"]);
    expect(diff).toContain(`+++ ${locations.credentials}\n@@ -1,8 +0,0 @@\n-#s-a\n`);
    expect(diff).not.toContain("ASIANEWKEY");
  });
});

describe("what letme knows of its profiles", () => {
  test("is read back from the blocks", async () => {
    const files = new MemoryFiles();
    await write(files, ["b", "a"]);
    expect(readManagedProfiles(memoryHost(files), locations)[0]).toEqual({
      name: "a",
      inCredentials: true,
      inConfig: true,
      obtainedAt: "2026-11-22 23:22:40",
      expiration: new Date("2026-11-23T00:22:40Z"),
      chain: "0123abcd",
      region: "sa-east-1",
    });
  });

  test("has no expiration where a key is missing, so that nothing is reused", async () => {
    const files = new MemoryFiles();
    await write(files);
    const text = files.text(locations.credentials) ?? "";
    files.put(locations.credentials, text.replace(/aws_session_token.*\n/, ""));
    const [profile] = readManagedProfiles(memoryHost(files), locations);
    expect(profile?.expiration).toBeUndefined();
    expect(profile?.obtainedAt).toBeDefined();
  });
});

test("a lock that is not free in time is a clear error", async () => {
  const files = new MemoryFiles();
  files.lock = () => Promise.reject(systemError("ELOCKED"));
  expect(await refusal(write(files))).toContain("another letme has held this lock");
});

describe("a change of which the second file fails", () => {
  test.each([
    ["and was not there before", undefined],
    ["and was there before", "[default]\n"],
  ])("leaves the first one, where others wrote it meanwhile %s", async (_, before) => {
    const files = new MemoryFiles();
    if (before !== undefined) files.put(locations.config, before);
    const theirs = "[profile theirs]\nregion = eu-west-3\n";
    files.beforeOperation = (_index, name, path) => {
      if (name !== "rename" || path !== locations.credentials) return undefined;
      files.put(locations.config, theirs);
      return { errno: "EIO" };
    };
    expect(await refusal(write(files))).toContain("EIO");
    expect(files.text(locations.config)).toBe(theirs);
    expect(files.text(locations.credentials)).toBeUndefined();
    expect(files.paths().filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("has taken the credentials away, not their config, where a profile is removed", async () => {
    const files = new MemoryFiles();
    files.canExchange = false;
    await write(files);
    const config = files.text(locations.config);
    let renames = 0;
    files.beforeOperation = (_index, name) => {
      if (name !== "rename") return undefined;
      renames += 1;
      return renames === 2 ? { crash: true } : undefined;
    };
    const removal = removeProfiles(memoryHost(files), locations, lockPath, ["a"]);
    await removal.catch(() => undefined);
    expect(renames).toBe(2);
    expect(files.text(locations.credentials)).toBe("");
    expect(files.text(locations.config)).toBe(config);
  });

  test("and is then done again tells of the first one as changed", async () => {
    const files = new MemoryFiles();
    files.put(locations.config, "[default]\n");
    files.put(locations.credentials, "[default]\n");
    let isDone = false;
    files.beforeOperation = (_index, name, path) => {
      if (isDone || name !== "exchange" || path !== locations.credentials) return undefined;
      isDone = true;
      files.put(locations.credentials, "[default]\n[other]\n");
      return undefined;
    };
    const report = await write(files);
    expect(isDone).toBe(true);
    expect(report.files.map(({ action }) => action)).toEqual(["changed", "changed"]);
    expect(files.text(locations.credentials)).toStartWith("[default]\n[other]\n");
  });
});

test("a credentials file gets no right more than it had", () => {
  for (const [mode, left] of [
    [0o444, 0o400],
    [0o644, 0o600],
    [0o240, 0o200],
  ] as const) {
    const files = new MemoryFiles();
    files.put(locations.credentials, "", mode);
    expect(protectCredentials(memoryHost(files), locations.credentials)).toBe(mode);
    expect(files.mode(locations.credentials)).toBe(left);
  }
});

describe("a file that another program has emptied to write it anew", () => {
  const mine = "[mine]\naws_access_key_id = AKIAMINE\n";

  function emptied(pauses: number) {
    const files = new MemoryFiles();
    files.put(locations.credentials, "");
    const host = memoryHost(files);
    let slept = 0;
    const modified = files.status(locations.credentials)?.modifiedMilliseconds ?? 0;
    const clock = {
      ...host.clock,
      now: () => new Date(modified + slept * 20),
      sleep: async () => {
        slept++;
        if (slept === pauses) files.put(locations.credentials, mine);
      },
    };
    return { files, host: { ...host, clock } };
  }

  test("is waited for, and keeps what it gets", async () => {
    const { files, host } = emptied(10);
    await writeProfiles(host, locations, lockPath, [profileNamed("a")]);
    expect(files.text(locations.credentials)).toStartWith(`${mine}#s-a\n`);
  });

  test("is taken for empty where it stays so", async () => {
    const { files, host } = emptied(1000);
    await writeProfiles(host, locations, lockPath, [profileNamed("a")]);
    expect(files.text(locations.credentials)).toStartWith("#s-a\n");
  });
});
