import packageFile from "../../package.json";
import type { Target } from "../build-targets.ts";
import { archiveNames, downloads, repository, version } from "./names.ts";

/** The Scoop manifest; `hashOf` gives an archive's SHA-256. */
export function renderScoop(hashOf: (archive: string) => string): string {
  const architecture = (target: Target) => {
    const [archive] = archiveNames(target);
    return { url: `${downloads}/${archive}`, hash: hashOf(archive) };
  };
  const update = (target: Target) => {
    const url = `${downloads}/${archiveNames(target)[0]}`;
    return { url: url.replaceAll(version, "$version") };
  };
  const manifest = {
    version,
    description: packageFile.description,
    homepage: repository,
    license: "MIT",
    architecture: {
      "64bit": architecture("windows-x64"),
      arm64: architecture("windows-arm64"),
    },
    bin: "letme.exe",
    checkver: "github",
    autoupdate: {
      architecture: { "64bit": update("windows-x64"), arm64: update("windows-arm64") },
      hash: { url: "$baseurl/checksums.txt" },
    },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
