// SPDX-License-Identifier: Apache-2.0
// Bundled for a page.

import { tell } from "./stories.mjs";
import { withWebJs } from "./world.mjs";

Object.assign(globalThis, { tellStories: tell, openFrontEnd: withWebJs });
