import type { Option } from "../cli/declaration.ts";

/** The option of every command that shows something: for people, or for programs. */
export const outputOption: Option = {
  long: ["output"],
  short: "o",
  value: "FORMAT",
  choices: ["text", "json"],
  description: "text for people, or json with everything",
  defaultValue: "text",
};
