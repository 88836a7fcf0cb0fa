// The pages in the order of their tabs: what each is made by, and what of the file it needs first.

import { alerts } from "./alerts.js";
import { cities } from "./cities.js";
import { data } from "./data.js";
import { districts } from "./districts.js";
import { enterprises } from "./enterprises.js";
import { indicators } from "./indicators.js";
import { overview } from "./overview.js";
import { parks } from "./parks.js";

/** @type {{id: string, make: (app: Object) => Node[], needs?: string[]}[]} */
export const PAGES = [
  { id: "overview", make: overview },
  { id: "indicators", make: indicators, needs: ["intake"] },
  { id: "districts", make: districts },
  { id: "enterprises", make: enterprises, needs: ["firms"] },
  { id: "parks", make: parks },
  { id: "cities", make: cities },
  { id: "alerts", make: alerts },
  { id: "data", make: data, needs: ["intake"] },
];
