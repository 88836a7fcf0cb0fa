// The pages in the order of their tabs: what each is made by, and what of the file it needs first.

import { districts } from "./districts.js";
import { indicators } from "./indicators.js";
import { overview } from "./overview.js";

/** @type {{id: string, make: (app: Object) => Node[], needs?: string[]}[]} */
export const PAGES = [
  { id: "overview", make: overview },
  { id: "indicators", make: indicators, needs: ["intake"] },
  { id: "districts", make: districts },
];
