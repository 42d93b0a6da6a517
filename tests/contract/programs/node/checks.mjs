// SPDX-License-Identifier: Apache-2.0
// Prints what was checked, in the Test Anything Protocol: the test that runs the program reads it.

import { isDeepStrictEqual } from "node:util";

let count = 0;
let story = "";

function point(result, what) {
  count += 1;
  console.log(`${result} ${count} - ${story}: ${what.replaceAll("\n", " ")}`);
}

// Checks that two values are equal.
export function same(seen, wanted, what) {
  const otherwise = `saw ${JSON.stringify(seen)}, wanted ${JSON.stringify(wanted)}`;
  holds(isDeepStrictEqual(seen, wanted), what, otherwise);
}

// Checks a condition; the first that fails ends the story.
export function holds(condition, what, otherwise = "it is not so") {
  if (!condition) throw new Error(`${what}: ${otherwise}`);
  point("ok", what);
}

// Checks that a call fails with an error of this type.
export async function fails(type, call, what) {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  );
  same(error?.type ?? error?.message, type, what);
}

// Tells each story, also after one that failed, and ends the program.
export async function tell(world, stories) {
  let failed = false;
  for (const one of stories) {
    const before = count;
    story = one.name;
    try {
      await one(world);
      if (count === before) throw new Error("nothing was checked");
    } catch (error) {
      failed = true;
      point("not ok", String(error));
      console.log(error.stack?.replaceAll(/^/gm, "# "));
    }
  }
  console.log(`1..${count}`);
  process.exit(failed ? 1 : 0);
}
