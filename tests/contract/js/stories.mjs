// SPDX-License-Identifier: Apache-2.0
// What people do, told once; each story runs in Node and in Chromium. A story throws when something is not as it should.

import * as expiry from "./stories/expiry.mjs";
import * as factors from "./stories/factors.mjs";
import * as passwords from "./stories/passwords.mjs";
import * as providers from "./stories/providers.mjs";
import * as sessions from "./stories/sessions.mjs";
import * as tabs from "./stories/tabs.mjs";
import * as websiteAlone from "./stories/website_alone.mjs";
import { withWebJs, withWebsite } from "./world.mjs";

const STORIES = { ...passwords, ...providers, ...factors, ...sessions, ...expiry, ...tabs, ...websiteAlone };

// Tells the stories in turn, each to a front end that is signed out. Returns what went wrong, by story.
export async function tell({ stories, ...settings }) {
  const world = (stories.every((name) => name in websiteAlone) ? withWebsite : withWebJs)(settings);
  const failures = {};
  for (const name of stories) {
    await STORIES[name](world).catch(async (error) => (failures[name] = await told(error)));
    await world.signOut();
    sessionStorage.clear();
    world.happened();
  }
  return failures;
}

// The packages throw a response with which they can do nothing.
const told = async (thrown) => thrown.stack ?? `${thrown.status} ${thrown.url} ${await thrown.text()}`;
