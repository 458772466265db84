import { expect, test } from "bun:test";
import { thisTarget } from "../../scripts/build-targets.ts";
import { starterOf } from "../../scripts/release/gates/starter.ts";
import { newHome } from "../support/home.ts";

test("this machine's binary is started as it is", () => {
  expect(starterOf(thisTarget(), "/x/letme")).toEqual(["/x/letme"]);
});

test("what cannot be run says why", () => {
  const other = process.platform === "darwin" ? "windows-x64" : "darwin-arm64";
  expect(starterOf(other, "/x/letme")).toEqual({
    why: expect.stringContaining(other.split("-")[0] ?? ""),
  });
});

const qemu = Bun.which("qemu-aarch64-static") ?? Bun.which("qemu-aarch64");

test.if(process.platform === "linux" && process.arch === "x64" && qemu !== null)(
  "another CPU's is started by qemu, with that CPU's libraries",
  () => {
    using home = newHome();
    home.write("lib/ld-linux-aarch64.so.1", "");
    process.env["LETME_SYSROOT_LINUX_ARM64"] = home.path;
    try {
      expect(starterOf("linux-arm64", "/x/letme")).toEqual([
        qemu ?? "",
        "-L",
        home.path,
        "/x/letme",
      ]);
    } finally {
      delete process.env["LETME_SYSROOT_LINUX_ARM64"];
    }
  },
);
