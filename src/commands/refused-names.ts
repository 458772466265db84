import { LetmeError } from "../errors.ts";
import type { Selection } from "./selection.ts";
import type { Failure, Todo, Work } from "./work.ts";

/**
 * Which of the names are refused, and why: asked for all at once, and one by one only where one of
 * them is.
 */
export function refusedNames(
  names: readonly string[],
  check: (names: readonly string[]) => void,
): readonly Failure[] {
  const failureOf = (some: readonly string[]): LetmeError | undefined => {
    try {
      check(some);
      return undefined;
    } catch (error) {
      if (error instanceof LetmeError) return error;
      throw error;
    }
  };
  if (names.length === 0 || failureOf(names) === undefined) return [];
  return names.flatMap((name) => {
    const error = failureOf([name]);
    return error === undefined ? [] : [{ name, error }];
  });
}

/**
 * The accounts that may not be written for having been found by their tags or by `--all`. `default`
 * is the profile of every AWS tool that is told none, so only the user says that it is an account's.
 */
export function refusedUnnamed(selection: Selection, todo: readonly Todo[]): readonly Failure[] {
  if (selection.by === "names" || !todo.some(({ profileName }) => profileName === "default")) {
    return [];
  }
  const error = new LetmeError(
    "failed",
    "every AWS tool that is told no profile would use it; name it if you mean that: `letme obtain default`",
  );
  return [{ name: "default", error }];
}

/** A selection without the names that were refused. */
export function withoutNames(selection: Selection, refused: readonly Failure[]): Selection {
  if (selection.by === "tags" || refused.length === 0) return selection;
  const names = selection.names.filter((name) => !refused.some((one) => one.name === name));
  return { by: "names", names };
}

/** The work without the profiles that were refused, which are among what failed. */
export function withoutTodo(work: Work, refused: readonly Failure[]): Work {
  if (refused.length === 0) return work;
  const isFit = ({ profileName }: Todo) => !refused.some(({ name }) => name === profileName);
  return { ...work, todo: work.todo.filter(isFit), failed: [...work.failed, ...refused] };
}
