// SPDX-License-Identifier: Apache-2.0
// Runs stories in Node: `node in_node.mjs '{"stories": […], "api": …, "website": …, "mode": …}'` prints what went wrong.

import { becomePage } from "./node_globals.mjs";

const settings = JSON.parse(process.argv[2]);
becomePage(settings.website);
const { tell } = await import("./stories.mjs");
console.log(JSON.stringify(await tell(settings)));
