// SPDX-License-Identifier: Apache-2.0
// Stories that need a real page.

import { holds, same } from "../world.mjs";
import { signUp } from "./people.mjs";

const TWO_HOURS = { seconds: 7200 };

// Opens the same page again, beside this one: another world of scripts with the same cookies and storage.
async function secondTab(world) {
  const frame = document.createElement("iframe");
  frame.src = location.origin + "/page";
  const loaded = new Promise((resolve) => (frame.onload = resolve));
  document.body.append(frame);
  await loaded;
  return frame.contentWindow.openFrontEnd(world.settings);
}

export async function twoTabsAtExpiryRefreshOnce(world) {
  const person = await signUp(world);
  const other = await secondTab(world);
  const before = await world.backstage("refreshes");
  await world.backstage("turn-clock", TWO_HOURS);

  const asking = [world, other].flatMap((tab) => Array.from({ length: 10 }, () => tab.ask("/protected")));
  const bodies = await Promise.all(asking.map(async (answer) => (await answer).json()));

  holds(bodies.every((body) => body.userId === person.id), "an answer is for somebody else, or for nobody");
  same((await world.backstage("refreshes")).count - before.count, 1, "refreshes");
}

export async function anOldRequestObjectRefreshesToo(world) {
  const person = await signUp(world);
  await world.backstage("turn-clock", TWO_HOURS);
  const request = new XMLHttpRequest();
  request.open("GET", `${world.api}/protected`);
  const ended = new Promise((resolve) => (request.onloadend = resolve));

  request.send();
  await ended;

  same([request.status, JSON.parse(request.responseText)], [200, { userId: person.id }], "the protected route");
}
