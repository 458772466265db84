import packageFile from "../../package.json";
import type { Target } from "../build-targets.ts";
import { archiveNames, downloads, repository, version } from "./names.ts";

/** The Homebrew formula; `hashOf` gives an archive's SHA-256. A formula, not a cask: Linux too. */
export function renderFormula(hashOf: (archive: string) => string): string {
  const source = (target: Target) => {
    const [archive] = archiveNames(target);
    return [`      url "${downloads}/${archive}"`, `      sha256 "${hashOf(archive)}"`];
  };
  const system = (name: string, arm: Target, intel: Target) => [
    `  on_${name} do`,
    "    on_arm do",
    ...source(arm),
    "    end",
    "    on_intel do",
    ...source(intel),
    "    end",
    "  end",
    "",
  ];
  const description = packageFile.description.replace(/\.$/, "");
  return `${[
    "class Letme < Formula",
    `  desc "${description}"`,
    `  homepage "${repository}"`,
    `  version "${version}"`,
    '  license "MIT"',
    "",
    ...system("macos", "darwin-arm64", "darwin-x64"),
    ...system("linux", "linux-arm64", "linux-x64"),
    "  # Stripping turns the binary back into plain Bun, and signing is done already.",
    "  skip_clean :all",
    "",
    "  def install",
    '    bin.install "letme"',
    '    bash_completion.install "completions/letme.bash" => "letme"',
    '    zsh_completion.install "completions/_letme"',
    '    fish_completion.install "completions/letme.fish"',
    '    man1.install "man/letme.1"',
    '    doc.install "README.md", "THIRD-PARTY-LICENSES.txt"',
    "  end",
    "",
    "  test do",
    '    assert_match "letme #{version}", shell_output("#{bin}/letme --version")',
    '    system bin/"letme", "config-file"',
    '    assert_path_exists testpath/".letme/letme-config"',
    '    system bin/"letme", "config-file", "--verify"',
    "  end",
    "end",
  ].join("\n")}\n`;
}
